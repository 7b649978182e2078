#!/bin/sh
# The demo: an echo server on the reactor, real TCP clients, a SIGINT that ends it after a delay.
#   demo.sh BUILD_DIRECTORY
# With a terminal it opens the live view on the running server. Without one, or with DEMO=plain, it
# prints the walk instead. Both leave the trace, the diagrams and a summary in BUILD/demo.
set -eu

build=${1:?usage: demo.sh BUILD_DIRECTORY}
evglass=$build/bin/evglass
out=$build/demo
trace=$out/echo.evg
server= clients= timer=

# End only what was started here.
stop_children() {
    for pid in $timer $clients $server; do kill "$pid" 2>/dev/null || true; done
}
trap stop_children EXIT
trap 'exit 130' INT TERM

fail() {
    echo "demo: $1" >&2
    exit 1
}

plain() { [ "${DEMO:-}" = plain ] || ! [ -t 0 ] || ! [ -t 1 ]; }

start_server() {
    : >"$out/server.log"
    "$evglass" run --full -o "$trace" -- "$build/bin/echo-server" --idle 1 --delay 2 \
        >"$out/server.log" 2>&1 &
    server=$!
    tries=0
    until grep -q '^listening' "$out/server.log"; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] && kill -0 $server 2>/dev/null || {
            cat "$out/server.log" >&2
            fail "the server did not start"
        }
        sleep 0.1
    done
    port=$(sed -n 's/^listening on 127.0.0.1:\([0-9]*\).*/\1/p' "$out/server.log")
    pid=$(sed -n 's/^listening.* pid \([0-9]*\)).*/\1/p' "$out/server.log")
}

start_clients() {
    "$build/bin/echo-clients" --port "$port" --clients 60 --slow 8 --idle 8 --seconds "$1" \
        --pause 100 >"$out/clients.log" 2>&1 &
    clients=$!
}

# The number of the first record that matches a filter.
record_of() {
    "$evglass" dump "$trace" --json --where "$1" | sed -n '1s/.*"record":\([0-9]*\).*/\1/p'
}

draw() {  # VIEW [OPTIONS...]
    view=$1
    shift
    for format in svg png; do
        "$evglass" graph "$view" "$trace" "$@" -o "$out/$view.$format"
    done
}

# The interesting moment is that of the SIGINT: all kinds of events are pending then.
draw_all() {
    moment=$(record_of name=signal_caught)
    for view in base heap io queues signals; do draw $view --at "$moment"; done
    for view in states turn; do draw $view; done
}

summary() {
    echo "== the server said"
    cat "$out/server.log"
    echo "== the clients said"
    cat "$out/clients.log"
    echo "== why did the loop end?"
    "$evglass" why exit "$trace"
    echo "== what kept it alive when the SIGINT came?"
    "$evglass" why alive "$trace" --at "$moment"
    echo "== the first accept, step by step"
    "$evglass" dump "$trace" --sentences --where turn=1 | head -60
}

mkdir -p "$out"
rm -f "$trace" "$out"/*.svg "$out"/*.png "$out"/*.log "$out/summary.txt"

start_server
if plain; then
    start_clients 3
    sleep 2
    kill -INT "$pid"
else
    start_clients 60
    # A SIGINT in a minute, unless the view is left earlier.
    (trap 'kill $!; exit' TERM; sleep 60 & wait $!; kill -INT "$pid" 2>/dev/null) &
    timer=$!
    "$evglass" live "$pid" || true
    kill -INT "$pid" 2>/dev/null || true
    kill "$timer" "$clients" 2>/dev/null || true
    wait "$timer" 2>/dev/null || true
    timer=
fi
clients_well=yes
wait "$clients" 2>/dev/null || clients_well=no
clients=
# With the live view the clients are ended early, so only the plain demo judges them.
[ $clients_well = yes ] || ! plain || fail "the clients found something wrong: $(cat "$out/clients.log")"
wait "$server" || fail "the server did not end well: $(cat "$out/server.log")"
server=

draw_all
summary >"$out/summary.txt"
cat "$out/summary.txt"
echo "== left in $out: $(ls "$out" | tr '\n' ' ')"
