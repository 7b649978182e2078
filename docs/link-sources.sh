#!/bin/sh
# link-sources.sh DIR: in the pages that Doxygen made of Markdown in DIR, a link to a line of a
# source ("../src/event/loop.cc#L12") leads to that line of Doxygen's page of the source.
dir=${1:?the directory of the pages}

# Doxygen names a page by as much of the path as makes it the only one of that name.
page_of() {
    path=$1
    name=
    while [ -n "$path" ]; do
        last=${path##*/}
        name=$last${name:+/$name}
        file=$(printf %s "$name" | sed 's/_/__/g; s/\./_8/g; s|/|_2|g')_source.html
        [ -e "$dir/$file" ] && { echo "$file"; return; }
        [ "$path" = "$last" ] && return
        path=${path%/*}
    done
}

for page in "$dir"/md_*.html; do
    grep -oE '"\.\./(src|trace|viz|lessons)/[^"#]+' "$page" | sort -u | cut -c5- |
        while read -r path; do
            file=$(page_of "$path")
            [ -z "$file" ] || printf '%s\n' "s|\"\\.\\./$path([#\"])|\"$file\\1|g"
        done > "$page.sed"
    # l00012: five digits.
    [ ! -s "$page.sed" ] || sed -E -i -f "$page.sed" -e \
        's/_source\.html#L([0-9]+)/_source.html#l0000\1/g; s/#l0*([0-9]{5}")/#l\1/g' "$page"
    rm -f "$page.sed"
done
