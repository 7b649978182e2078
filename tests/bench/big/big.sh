#!/bin/sh
# Makes the big recording (100,000 timers pending, more than 10 million records) and measures the
# live view on it. `make bench-big` calls it: big.sh BUILD-FOLDER
set -e
build=$1
work=$build/bench/big-work
mkdir -p "$work/cache"
if [ ! -s "$work/big.evg" ]; then
    EVGLASS_TRACE="$work/big.evg,full=2G" LD_LIBRARY_PATH=$build/lib "$build/bench/big/timers" 100000 600000
fi
rm -rf "$work/cache/evglass"
XDG_CACHE_HOME="$work/cache" "$build/bench/big/big_bench" "$work/big.evg"
ls -l "$work/big.evg" "$work"/cache/evglass/*.index | awk '{ print $5 / 1e6 " MB  " $NF }'
