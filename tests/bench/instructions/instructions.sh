#!/bin/sh
# Counts instructions per operation, by callgrind: stock libevent's and ours. Prints a table in
# Markdown, and puts it between its marks in a file. `make bench-instructions` calls it:
#   instructions.sh OPERATIONS OUR_LIB FILE
# Counts do not depend on how busy the machine is; nothing is typed by hand.
set -eu
operations=$1 ours=$2 file=$3
few=10000 many=30000
command -v valgrind > /dev/null || { echo "valgrind is missing: make deps" >&2; exit 2; }

# All instructions of one run: LIBRARY-FOLDER NAME COUNT
instructions() {
    LD_LIBRARY_PATH=$1 valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        "$operations" "$2" "$3" 2>&1 | awk '/Collected/ { print $4 }'
}
per_operation() { # LIBRARY-FOLDER NAME
    a=$(instructions "$1" "$2" $few) b=$(instructions "$1" "$2" $many)
    [ -n "$a" ] && [ -n "$b" ] || { echo "$2 could not be counted" >&2; exit 1; }
    echo $(((b - a + (many - few) / 2) / (many - few)))
}

table=$(mktemp)
trap 'rm -f "$table"' EXIT
{
    echo "| operation | stock | evglass | ratio |"
    echo "|---|---|---|---|"
    "$operations" --list | while IFS='	' read -r name what; do
        theirs=$(per_operation "" "$name") own=$(per_operation "$ours" "$name")
        echo "$what $theirs $own" | awk '{ o = $NF; s = $(NF - 1); $NF = $(NF - 1) = ""
            sub(/ +$/, ""); printf "| %s | %d | %d | %.2f |\n", $0, s, o, o / s }'
    done
} | tee "$table"

awk -v table="$table" '
    /^<!-- make bench-instructions: end -->/ { skip = 0 }
    !skip { print }
    /^<!-- make bench-instructions: begin -->/ {
        skip = 1; found = 1; print ""
        while ((getline line < table) > 0) print line
        print ""
    }
    END { exit !found }' "$file" > "$file.new" ||
    { rm -f "$file.new"; echo "$file has no place for the table" >&2; exit 1; }
mv "$file.new" "$file"
