#!/bin/sh
# The pictures of docs/dropin.md: memcached and tmux, run under evglass and drawn by it.
#
#   tests/dropin/tour.sh BUILD IMAGES     `make docs-images-dropin` calls it
#
# Loopback and a private directory alone; what it starts, it ends.
build=$1
images=$2
for program in memcached tmux; do
    command -v $program >/dev/null || { echo "tour: $program is not installed: make deps"; exit 1; }
done
work=$(mktemp -d) || exit 1
export XDG_RUNTIME_DIR="$work"
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null
    tmux -S "$work/socket" kill-server 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT
evglass="$build/bin/evglass"

draw() { # draw NAME VIEW TRACE ARGUMENTS...
    name=$1 view=$2 trace=$3
    shift 3
    "$evglass" graph "$view" "$trace" "$@" -o "$images/$name.svg" || exit 1
}
# ---- memcached: one worker, two clients --------------------------------------------------------
user=
[ "$(id -u)" -ne 0 ] || user="-u $(id -un)"
port=$((21000 + $$ % 8000))
"$evglass" run -q --full -o "$work/memcached.evg" -- memcached -l 127.0.0.1 -U 0 -t 1 -p $port $user &
server=$!
perl -MIO::Socket::INET -e '
    my ($port, $server, @clients) = @ARGV;
    for my $try (1 .. 200) {
        last if $clients[0] = IO::Socket::INET->new("127.0.0.1:$port");
        select undef, undef, undef, 0.05;
    }
    die "tour: memcached does not answer\n" unless $clients[0];
    push @clients, IO::Socket::INET->new("127.0.0.1:$port");
    select undef, undef, undef, 0.3;  # the worker has both, and sleeps
    for my $client (@clients) {
        print $client "set key 0 0 5\r\nvalue\r\nget key\r\n";
        $client->flush;
        do { $_ = <$client> } until /END/;
    }
    kill TERM => $server;  # while both are connected
    select undef, undef, undef, 0.5' $port $server || exit 1
wait $server 2>/dev/null
server=
# The second client's question has woken the worker's loop, B2, after both were added to it.
asked=$("$evglass" dump "$work/memcached.evg" --where base=B2 | awk '
    / queue_insert .*queue=inserted/ { added = 1 }
    / callback_begin / && added { record = $1; added = 0 }
    END { print record }')
turn=$("$evglass" dump "$work/memcached.evg" --where 'name=turn_begin base=B2' | awk -v asked="$asked" '
    $1 < asked { match($0, /turn=[0-9]+/); turn = substr($0, RSTART + 5, RLENGTH - 5) }
    END { print turn }')
draw memcached base "$work/memcached.evg" --at "$asked" --base B2
draw memcached-turn turn "$work/memcached.evg" --turn "$turn" --base B2

# ---- tmux: a session, drawn from the server's trace ----------------------------------------------
unset TMUX
"$evglass" run -q -- tmux -S "$work/socket" -f /dev/null new-session -d -s tour 'sleep 60' || exit 1
pid=$(tmux -S "$work/socket" display-message -p '#{pid}')
draw tmux base "$pid"
