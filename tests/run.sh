#!/bin/sh
# Runs test programs (GoogleTest) one after the other and adds up what they say.
#
#   tests/run.sh PROGRAM...          `make test` calls it, with EVGLASS_* set
#
# A program that dies, runs into its time limit, or runs no test counts as one failure more. What a
# failing program printed is shown; the rest lies in PROGRAM.log. The last line is always
# "N passed, N failed", and the exit status is 0 only if nothing failed and something passed.
limit=${TEST_TIMEOUT:-300}
passed=0
failed=0
skipped=0

count() { # the number after a word of GoogleTest's summary: count PASSED LOG
    sed -n "s/^\[ *$1 *\] \([0-9][0-9]*\) tests\{0,1\}[,.].*/\1/p" "$2" | tail -n 1
}

for program in "$@"; do
    log=$program.log
    began=$(date +%s)
    timeout --kill-after=10 "$limit" "$program" --gtest_color=no >"$log" 2>&1 </dev/null
    status=$?
    took=$(($(date +%s) - began))
    ok=$(count PASSED "$log")
    bad=$(count FAILED "$log")
    left=$(count SKIPPED "$log")
    note=
    if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
        note=", ran into the limit of $limit s"
        bad=$((${bad:-0} + 1))
    elif [ "$status" -ne 0 ] && [ "${bad:-0}" -eq 0 ]; then
        note=", ended with status $status before its summary"
        bad=1
    elif [ $((${ok:-0} + ${bad:-0} + ${left:-0})) -eq 0 ]; then
        note=", ran no test"
        bad=1
    fi
    passed=$((passed + ${ok:-0}))
    failed=$((failed + ${bad:-0}))
    skipped=$((skipped + ${left:-0}))
    printf '%-28s %4d passed %3d failed %3d s%s%s\n' "$(basename "$program")" "${ok:-0}" "${bad:-0}" \
        "$took" "${left:+, $left skipped}" "$note"
    if [ "${bad:-0}" -ne 0 ]; then
        # All of a short log; of a long one what failed and how it ended.
        if [ "$(wc -l <"$log")" -le 300 ]; then
            cat "$log"
        else
            grep -nE -B 15 '^\[ *FAILED *\]|: Failure' "$log" | head -n 200
            tail -n 40 "$log"
        fi
    fi
done

[ "$skipped" -eq 0 ] || echo "$skipped skipped (the logs say why)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
