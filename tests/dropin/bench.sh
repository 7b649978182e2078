#!/bin/sh
# memcached under load: stock, evglass without a trace, evglass with its default trace.
#
#   tests/dropin/bench.sh BUILD [ROUNDS]    `make dropin-bench` calls it
#
# Each round runs all three, one after the other, so that a busy machine is busy for all of them. For
# each run: answers per second, and the server's processor time for an answer, which other work on
# the machine disturbs less. At the end the medians of the rounds' ratios to stock.
build=$1
rounds=${2:-5}
millis=1500
command -v memcached >/dev/null || { echo "bench: memcached is not installed: make deps"; exit 1; }
work=$(mktemp -d) || exit 1
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR="$work"
user=
[ "$(id -u)" -ne 0 ] || user="-u $(id -un)"

cpu_ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{print $12 + $13}'; }

run() { # run KIND ROUND: loads one server, prints and keeps what came of it
    port=$((21000 + ($$ * 7 + $2 * 3 + run_number) % 8000))
    run_number=$((run_number + 1))
    case $1 in
    stock) memcached -l 127.0.0.1 -U 0 -t 4 -p $port $user & ;;
    off) LD_LIBRARY_PATH="$build/lib" memcached -l 127.0.0.1 -U 0 -t 4 -p $port $user & ;;
    on) LD_LIBRARY_PATH="$build/lib" EVGLASS_TRACE=auto memcached -l 127.0.0.1 -U 0 -t 4 -p $port $user & ;;
    esac
    server=$!
    sleep 0.4
    answers=$("$build/tests/dropin-load" $port $millis "$gets")
    ticks=$(cpu_ticks $server)
    kill $server
    wait $server 2>/dev/null
    server=
    echo "$1 $2 $answers $ticks" >>"$work/results"
    awk -v k="$1" -v a="$answers" -v t="$ticks" -v ms=$millis 'BEGIN {
        printf "%-6s %9.0f answers/s %7.3f us of the server for each\n", k, a * 1000 / ms, t * 10000 / a }'
}

run_number=0
medians() { # the ratios of what was kept
    for kind in off on; do
        for what in throughput cost; do
            awk -v kind=$kind -v what=$what '
                { v = what == "throughput" ? $3 : $4 / $3 }
                $1 == "stock" { stock[$2] = v }
                $1 == kind { print v / stock[$2] }' "$work/results" | sort -n |
                awk -v kind=$kind -v what=$what '{ v[NR] = $1 } END {
                    printf "  %-22s %-26s %.3f\n", kind == "off" ? "evglass, no trace" : "evglass, default trace",
                        what == "cost" ? "processor time per answer" : "throughput", v[int((NR + 1) / 2)] }'
        done
    done
}

# Two answers in one turn of the loop, where the loop costs most; then nine.
for gets in 1 8; do
    : >"$work/results"
    round=1
    while [ $round -le "$rounds" ]; do
        for kind in stock off on; do run $kind $round; done
        round=$((round + 1))
    done
    echo "$((gets + 1)) answers in a turn, ratios to stock, medians of $rounds rounds:"
    medians
done
[ -s "$(find "$work" -name '*.evg' | head -n 1)" ] || { echo "bench: no trace was left"; exit 1; }
