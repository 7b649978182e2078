#!/bin/sh
# Makes every picture, screen and table of this folder, and the page that shows them. BIN: where
# evglass lies. The programs are lessons: their clock is virtual, so that each run gives the same.
# What a run can't help having of its own: the process's id, which becomes 4711 in the first line of
# a screen, and addresses, which become 0x...
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
evglass=$BIN/evglass
unset EVENT_NOEPOLL

record() { # NAME LESSON, and options: makes NAME.evg
    name=$1 lesson=$2; shift 2
    "$evglass" run -q --full "$@" -o "$work/$name.evg" -- "$BIN/lessons/$lesson" >/dev/null
}
record turn 11-one-turn --only all
EVENT_NOEPOLL=1 record poll 11-one-turn
record states 09-states
record timers 14-timers
record chains 23-chains
record marks 26-watermarks
record slow 13-persistence

rm -f ./*.svg ./*.txt
cat > README.md <<'END'
# Gallery

Made by `make gallery`: each picture and screen with the command that made it. The recordings are of lessons, each
by `evglass run --full -o NAME.evg -- build/bin/lessons/LESSON`; for `turn.evg` with `--only all`, so that calls are in it:

| recording | lesson | what happens |
|---|---|---|
| `turn.evg` | 11-one-turn | a timer, a listener, a signal, an exit |
| `poll.evg` | 11-one-turn | the same, with `EVENT_NOEPOLL=1` |
| `states.evg` | 09-states | events through all their states |
| `timers.evg` | 14-timers | seven timers, one deleted, then five of one deadline |
| `chains.evg` | 23-chains | a buffer that is added to, pulled up and drained |
| `marks.evg` | 26-watermarks | a reader that stops at its high watermark |
| `slow.evg` | 13-persistence | persistent timers; the callback of one takes 250 ms |

The clock of a lesson is virtual: it stands still while code runs, but for a nanosecond at each look, so that each run is the
same. Two things are not: the id of the process, here 4711, and addresses, here 0x...
END

section() { printf '\n## %s\n\n%s\n\n    %s\n' "$1" "$2" "$3" >> README.md; }

picture() { # NAME, a title, what one sees, the words of the command
    name=$1 title=$2 sees=$3; shift 3
    (cd "$work" && "$evglass" graph "$@" -o "$name.svg") && mv "$work/$name.svg" .
    section "$title" "$sees" "evglass graph $* -o $name.svg"
    printf '\n![%s](%s.svg)\n' "$title" "$name" >> README.md
}
text() { # as picture: what a command prints, its first 40 lines in the page
    name=$1 title=$2 sees=$3; shift 3
    (cd "$work" && "$evglass" "$@" || [ $? -eq 1 ]) | sed 's/=0x[0-9a-f]\{5,\}/=0x.../g' > "$name.txt"
    section "$title" "$sees" "evglass $*"
    printf '\n```\n%s\n```\n' "$(head -40 "$name.txt")" >> README.md
}
# A screen of the live view. Its first line has the id of the process; it stays as long as it was.
screen() { # NAME, a title, what one sees, the recording, the words of the command after --once
    name=$1 title=$2 sees=$3 recording=$4; shift 4
    pid=$("$evglass" query "$work/$recording" --csv "SELECT value FROM trace WHERE key = 'pid'" | tail -1)
    blanks=$(echo "$pid" | tr 0-9 ' ')
    (cd "$work" && "$evglass" live "$recording" --once --columns 100 "$@") |
        sed "1s/ $pid  \(.*lost [0-9]*\)    / 4711  \1$blanks/" > "$name.txt"
    section "$title" "$sees" "evglass live $recording --once --columns 100 $*"
    printf '\n```\n%s\n```\n' "$(cat "$name.txt")" >> README.md
}

# The page as a browser shows it. When and as which process it was recorded is left out of the picture.
shot() { # NAME, a title, what one sees, the recording
    page=$work/$1.html
    browser=$(command -v chromium || command -v chromium-browser) || browser=
    section "$2" "$3" "evglass report $4 -o $1.html"
    printf '\n![%s](%s.png)\n' "$2" "$1" >> README.md
    [ -n "$browser" ] || { echo "gallery: no chromium: $1.png stays as it is" >&2; return 0; }
    (cd "$work" && "$evglass" report "$4" -o "$page")
    sed -i 's|process [0-9]*, recorded [^<]*|process 4711|; s|<p class="sub">/[^<]*/lessons/|<p class="sub">|' "$page"
    "$browser" --headless --no-sandbox --disable-gpu --no-first-run --hide-scrollbars \
        --user-data-dir="$work/profile" --window-size=900,1000 --virtual-time-budget=5000 \
        --screenshot="$work/$1.png" "file://$page" >/dev/null 2>&1 && mv "$work/$1.png" .
}

# The number of the first record that matches.
first() { "$evglass" dump "$work/$1" --where "$2" --count 1 | awk '{print $1}'; }

running=$(first turn.evg 'name=callback_begin event=E2')
full=$(first marks.evg 'name=bev_suspend')

picture base "A base: its containers and the events in them" \
"At the left the struct, in the middle its containers, at the right the events that lie in them. A signal
has just asked the loop to end in two seconds: E6 is that timer, new in the heap." \
    base turn.evg --turn 4 --steady
picture changed "The same base one turn later: what changed is marked" \
"Each node stands where it did. A diamond marks what is otherwise than a turn before: who ran, what was set anew." \
    base turn.evg --turn 5 --steady
picture turn "One turn of the loop, phase by phase" \
"The phases from the top down, each with what it did and how long it took. Nearly all of this turn is the sleep in
\`dispatch\`; then a timer was due: made active in \`timeout_process\`, called in \`process_active\`." \
    turn turn.evg --turn 4
picture wait "One wait: what was asked for, what is ready" \
"The loop waited in epoll_wait and one descriptor ended that: the listener's. The middle column is what the kernel
watches it for." \
    wait turn.evg --turn 1
picture sequence "One event from event_add to its callback" \
"Time goes down; an arrow is a call or an answer. Left out is what other events did meanwhile: how much, stands in the gap." \
    sequence turn.evg --event E2
picture event "One event: what and where it is, its last changes of state" \
"A card of the event, the containers that it lies in, and its changes of state with the functions that made them." \
    event turn.evg --event E5
picture signals "The way of a signal through the self-pipe" \
"The handler only writes a byte, whatever the program was doing. The loop reads it later and makes the events active." \
    signals turn.evg
picture calls "Who called whom in one turn" \
"The functions that analyses of libevent's source walk through, under their names, with how often one called the other." \
    calls turn.evg --turn 3
picture states "The states of events, with every edge counted" \
"An edge is drawn in black where an event of this recording went over it, with how often and by which function. The
table below says the same in the flags of libevent's source." \
    states states.evg
picture heap "The timer heap" \
"Above the array as it lies in memory, below the tree that it means: four children to a node. No child is due before its
parent, and nothing more is promised: the array is not sorted. E5 is due, and will be taken out next." \
    heap timers.evg --at "$(first timers.evg name=time_cache)"
picture queues "The queues" \
"A client came, so the listener's event lies in the queue of its priority. Its callback runs at the end of the turn." \
    queues turn.evg --at "$(first turn.evg 'name=queue_insert queue=active')"
picture io "The map of fds, beside what the backend watches" \
"A row for each descriptor: how many events read, write and wait for its end, and what epoll was told. Where the two do
not agree, the row is red." \
    io turn.evg --turn 4
picture buffer "A buffer, chain by chain" \
"A bar is a chain's memory: grey was drained, blue is used, white is room. What was moved from chain to chain and what was
copied is counted." \
    buffer chains.evg --at "$(first chains.evg name=buffer_drain)"
picture bufferevent "A bufferevent that rests" \
"The input is at its high watermark, so reading is suspended, and the reason has its name. What the peer sends now waits in
the kernel." \
    bufferevent marks.evg --at "$full"
picture config "How a base was made, and its backend chosen" \
"The backends in order of preference. epoll was refused for a reason that is told, and the next one taken." \
    config poll.evg
screen live "The live view: the loop" \
"The listener's callback begins. The strip shows the phase, the line below it why the loop slept and what woke it." \
    turn.evg --rows 30 --at "$running"
screen events "The live view: the events" \
"Every event with its state, since when, how often it ran and what it was last changed by. \`/\` filters as one types." \
    turn.evg --keys 2 --rows 16 --at "$running"
screen timeline "The live view: lanes of time" \
"A lane for each event, a column for five records. Timers run in the order of their deadlines, not of their making; t20 was
deleted and never ran." \
    timers.evg --keys 0 --rows 22
screen histograms "The live view: histograms" \
"How long callbacks took, how long the loop slept, how late timers were. On this virtual clock callbacks take next to no
time and timers are never late: only the sleeps have a shape." \
    timers.evg --keys H --rows 24
screen lints "The live view: what looks wrong" \
"Each lint with how often it found something; for the chosen one what it means and the records that show it." \
    slow.evg --keys L --rows 24
shot report "A report, as a browser shows it" \
"One page that needs no network: numbers, how it ended, what looks wrong, a lane for each event, and below that the diagrams
with a slider through the turns." \
    timers.evg
text why "Why the loop ended" \
"One sentence, and the records that prove it." \
    why exit turn.evg
text stat "A recording in numbers" \
"Where the time of the turns went, which system calls were made, what woke the loop." \
    stat turn.evg
text query "A question in SQL" \
"The way from what the kernel reported to the callback, record by record." \
    query turn.evg --ready from-ready-to-callback
text diff "Two recordings, aligned by cause" \
"The same program on epoll and on poll: it does the same, by other system calls." \
    diff turn.evg poll.evg
