#!/bin/sh
# memcached under load: stock, evglass without a trace, evglass with its default trace.
#
#   tests/dropin/bench.sh BUILD [ROUNDS]    `make dropin-bench` calls it
#
# On a machine that has other work too, a long run of one server tells more of that work than of the
# server. So all three servers wait side by side, and each round loads each of them for a moment, in
# an order that changes. A round gives ratios to stock's moment in it: of the answers per second, and
# of the server's processor time for an answer, which other work disturbs less. Shown are the median
# of the rounds' ratios and, for the spread, their quartiles. The servers are started anew several
# times, because where a process lies in memory is luck too.
build=$1
rounds=${2:-40}
millis=250
starts=4
command -v memcached >/dev/null || { echo "bench: memcached is not installed: make deps"; exit 1; }
work=$(mktemp -d) || exit 1
trap 'stop_servers; rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR="$work"
user=
[ "$(id -u)" -ne 0 ] || user="-u $(id -un)"
port=$((21000 + $$ % 8000))

start_server() { # start_server KIND [NAME=VALUE...]
    kind=$1
    shift
    port=$((port + 1))
    env "$@" memcached -l 127.0.0.1 -U 0 -t 4 -p $port $user &
    echo "$! $port" >"$work/$kind"
    until "$build/tests/dropin-load" $port 1 1 >/dev/null 2>&1; do sleep 0.05; done
}

start_servers() {
    start_server stock A=
    start_server off LD_LIBRARY_PATH="$build/lib"
    start_server on LD_LIBRARY_PATH="$build/lib" EVGLASS_TRACE=auto
}

stop_servers() {
    for kind in stock off on; do
        [ -f "$work/$kind" ] || continue
        read -r server _ <"$work/$kind"
        kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
        rm -f "$work/$kind"
    done
}

cpu_nanoseconds() { cat "/proc/$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f", sum }'; }

load() { # load KIND ROUND: a moment of one server
    read -r server at <"$work/$1"
    before=$(cpu_nanoseconds "$server")
    answers=$("$build/tests/dropin-load" "$at" $millis "$gets") || return
    echo "$1 $2 $answers $(($(cpu_nanoseconds "$server") - before))" >>"$work/results"
}

order() { # three orders, in turn
    case $(($1 % 3)) in
    0) echo stock off on ;;
    1) echo on stock off ;;
    2) echo off on stock ;;
    esac
}

figures() { # figures KIND throughput|cost: the rounds' ratios to stock
    awk -v kind="$1" -v what="$2" '
        { v = what == "throughput" ? $3 : $4 / $3 }
        $1 == "stock" { stock[$2] = v }
        $1 == kind { own[$2] = v }
        END { for (r in own) if (r in stock) print own[r] / stock[r] }' "$work/results" | sort -n |
        awk -v name="$3" '{ v[NR] = $1 } END {
            printf "  %-50s %.3f   (%.3f to %.3f)\n", name, v[int((NR + 1) / 2)], v[int((NR + 3) / 4)], v[int((3 * NR + 3) / 4)] }'
}

# Two answers in one turn of the loop, where the loop costs most; then nine.
for gets in 1 8; do
    : >"$work/results"
    round=0
    while [ $round -lt "$rounds" ]; do
        [ $((round * starts % rounds)) -ge "$starts" ] || { stop_servers && start_servers; }
        for kind in $(order $round); do load $kind $round; done
        round=$((round + 1))
    done
    [ -n "$(find "$work" -name '*.evg' -size +0)" ] || { echo "bench: no trace was left"; exit 1; }
    awk -v g=$((gets + 1)) -v ms=$millis '{ a[$1] += $3; n[$1]++; t[$1] += $4 } END {
        printf "%d answers in a turn: stock %.0f answers/s, %.2f us of the server for each. Ratios to stock (quartiles):\n",
            g, a["stock"] * 1000 / ms / n["stock"], t["stock"] / a["stock"] / 1000 }' "$work/results"
    figures off throughput "evglass, no trace: throughput"
    figures off cost "evglass, no trace: processor time per answer"
    figures on throughput "evglass, default trace: throughput"
    figures on cost "evglass, default trace: processor time per answer"
done
