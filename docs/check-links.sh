#!/bin/sh
# check-links.sh DIR: every link and picture of the site that `make docs` wrote to DIR leads to a
# file that is there. It looks at the lessons and at the pages that people wrote; the pages of the
# source are linked by Doxygen itself. It fetches nothing.
dir=${1:?the directory of the site}
broken=$(mktemp) || exit 1
trap 'rm -f "$broken"' EXIT
count=0
for page in "$dir"/lessons/*.html "$dir"/html/index.html "$dir"/html/md_*.html; do
    [ -f "$page" ] || continue
    count=$((count + 1))
    here=$(dirname "$page")
    grep -oE '(href|src|data)="[^"#?]+' "$page" | sed 's/^[a-z]*="//' | grep -v : | sort -u |
        while read -r link; do
            [ -e "$here/$link" ] || echo "$page: $link"
        done >> "$broken"
done
cat "$broken"
echo "$count pages, $(wc -l < "$broken") broken links"
[ "$count" -gt 0 ] && [ ! -s "$broken" ]
