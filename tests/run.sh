#!/bin/sh
# Runs test programs (GoogleTest) one after the other and adds up what they say.
#
#   tests/run.sh PROGRAM...          `make test` calls it, with EVGLASS_* set
#
# A program that dies, runs into its time limit, or runs no test counts as one failure more. What a
# failing program printed is shown; the rest lies in PROGRAM.log. The last line is always
# "N passed, N failed", and the exit status is 0 only if nothing failed and something passed.
#
# Up to three failed tests of a program are run once more, alone, because a machine that others load
# too makes real sockets and clocks late. What then passes is not hidden: it is told as unsteady.
limit=${TEST_TIMEOUT:-300}
passed=0
failed=0
skipped=0
unsteady=0

count() { # the number after a word of GoogleTest's summary: count PASSED LOG
    sed -n "s/^\[ *$1 *\] \([0-9][0-9]*\) tests\{0,1\}[,.].*/\1/p" "$2" | tail -n 1
}

failed_tests() { # the names of the tests that failed, joined by colons: failed_tests LOG
    sed -n 's/^\[  FAILED  \] \([^ ,]*\).*([0-9]* ms)$/\1/p' "$1" | sort -u | paste -sd:
}

passes_alone() { # do the failed tests of a program that ran to its end pass now? PROGRAM LOG
    again=$(failed_tests "$2")
    [ -n "$again" ] && [ "$(echo "$again" | tr ':' '\n' | wc -l)" -le 3 ] &&
        timeout --kill-after=10 "$limit" "$1" --gtest_color=no "--gtest_filter=$again" \
            >"$2.again" 2>&1 </dev/null
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
    if [ "$status" -eq 1 ] && [ "${bad:-0}" -gt 0 ] && passes_alone "$program" "$log"; then
        note=", unsteady: $again"
        ok=$((${ok:-0} + bad))
        bad=0
        unsteady=$((unsteady + 1))
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
[ "$unsteady" -eq 0 ] || echo "$unsteady programs with unsteady tests: they failed once and passed alone (see PROGRAM.log)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
