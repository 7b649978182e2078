#!/bin/sh
# Prints what a probe costs and what a loop costs. `make bench` calls it: bench.sh BUILD-FOLDER
# The numbers of one run belong together; on a busy machine look at the ratios.
set -e
build=$1
echo "probe: ns per probe off, ns per record on"
[ ! -x "$build/bench/probe_bench" ] || "$build/bench/probe_bench"
echo
echo "loop: ns per operation, medians; in brackets the ratio to stock libevent in the same round"
"$build/bench/compare_bench" "$build/bench/loop_bench" "$build/notrace/lib" "$build/lib" \
    "$build/bench/trace.evg" "${ROUNDS:-5}"
echo
echo "watched: a traced program alone, and with the live view on it"
"$build/bench/watched/watched_bench" "$build/bench/loop_bench" "$build/bin/echo-bufferevent" \
    "$build/bin/evglass" "$build/lib" "$build/bench" "${ROUNDS:-5}"
