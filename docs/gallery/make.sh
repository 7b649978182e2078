#!/bin/sh
# Makes every picture and table of this folder, and the page that shows them. BIN: where evglass
# lies. The programs are lessons: their clock is virtual, so that each run gives the same pictures.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
evglass=$BIN/evglass
"$evglass" run -q --full --only all -o "$work/turn.evg" -- "$BIN/lessons/11-one-turn" >/dev/null
EVENT_NOEPOLL=1 "$evglass" run -q --full --only all -o "$work/poll.evg" -- "$BIN/lessons/11-one-turn" >/dev/null
"$evglass" run -q --full --only all -o "$work/states.evg" -- "$BIN/lessons/09-states" >/dev/null

rm -f ./*.svg ./*.txt
{
    echo "# Gallery"
    echo
    echo "Made by \`make gallery\`: each picture with the command that drew it. \`turn.evg\` is the recording of"
    echo "lesson 11 (a timer, a listener, a signal, an exit), \`poll.evg\` the same without epoll, \`states.evg\` that of"
    echo "lesson 9."
} > README.md

picture() { # NAME, what it shows, the words of the command
    name=$1 shows=$2; shift 2
    (cd "$work" && "$evglass" graph "$@" -o "$name.svg") && mv "$work/$name.svg" .
    printf '\n## %s\n\n    evglass graph %s -o %s.svg\n\n![%s](%s.svg)\n' \
        "$shows" "$*" "$name" "$shows" "$name" >> README.md
}
table() {
    name=$1 shows=$2; shift 2
    (cd "$work" && "$evglass" "$@") > "$name.txt" || [ $? -eq 1 ]
    printf '\n## %s\n\n    evglass %s\n\n```\n%s\n```\n' \
        "$shows" "$*" "$(head -40 "$name.txt")" >> README.md
}

# The number of the first record that matches.
first() { "$evglass" dump "$work/$1" --where "$2" --count 1 | awk '{print $1}'; }

picture base "A base: its containers and the events in them" base turn.evg --turn 4
picture changed "The same base one turn later: what changed is marked" base turn.evg --turn 5
picture turn "One turn of the loop, phase by phase" turn turn.evg --turn 3
picture sequence "One event from event_add to its callback" sequence turn.evg --event E2
picture event "One event: what and where it is, its last changes of state" event turn.evg --event E2
picture signals "The way of a signal through the self-pipe" signals turn.evg
picture states "The states of events, with every edge counted" states states.evg
picture heap "The timer heap" heap turn.evg --turn 4
picture queues "The queues" queues turn.evg --at "$(first turn.evg 'name=queue_insert queue=active')"
picture io "The map of fds, beside what the backend watches" io turn.evg --turn 4
picture config "How a base was made, and its backend chosen" config poll.evg
table stat "A recording in numbers" stat turn.evg
table query "A question in SQL" query turn.evg --ready from-ready-to-callback
table diff "Two recordings, aligned by cause" diff turn.evg poll.evg
