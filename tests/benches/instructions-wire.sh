#!/bin/sh
# Instructions that the client's side of each call takes over a socket, by valgrind's callgrind: ours, bare, and the
# ratios; and those of a flow's step. The server is a process that is not counted.
#
#   tests/benches/instructions-wire.sh            prints the table and the ratios
#   tests/benches/instructions-wire.sh --write    also writes the table to instructions-wire.txt, to be checked in
#
# A call is counted at two numbers of repetitions; the difference is the call alone, without start-up and connecting.
# `start` is a whole process with one call, start-up and connecting included.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$here/../.."
cargo build --quiet --release -p authwire-tests --example wire
wire=${CARGO_TARGET_DIR:-target}/release/examples/wire

# count WORDS...
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$wire" "$@" 2>"$work/said" || {
        cat "$work/said" >&2
        return 1
    }
    awk '/Collected/ { print $NF }' "$work/said"
}

# client CALL TRANSPORT SIDE ADDRESS [IN_FLIGHT]
client() {
    few=$(count "$1" "$2" "$3" "$4" 128 "${5:-1}")
    many=$(count "$1" "$2" "$3" "$4" 640 "${5:-1}")
    echo $(((many - few) / 512))
}

# flow SIDE
flow() {
    few=$(count flow "$1" 100)
    many=$(count flow "$1" 600)
    echo $(((many - few) / 500))
}

{
    echo "# Instructions: tests/benches/instructions-wire.sh --write; docs/performance.md says what it counts."
    echo "# $(rustc --version | cut -d' ' -f1,2), $(uname -m)"
    printf '%-28s %-16s %11s %11s\n' '#' '' ours bare
    for call in $("$wire"); do
        # The server ends with its input.
        mkfifo "$work/input" "$work/output"
        "$wire" serve "$call" <"$work/input" >"$work/output" &
        exec 3>"$work/input"
        read -r address <"$work/output"
        rm "$work/input" "$work/output"
        for transport in ureq hyper-util hyper; do
            ours=$(client "$call" "$transport" ours "$address")
            bare=$(client "$call" "$transport" bare "$address")
            printf '%-28s %-16s %11s %11s\n' "$call" "$transport" "$ours" "$bare"
        done
        ours=$(client "$call" hyper-util ours "$address" 64)
        bare=$(client "$call" hyper-util bare "$address" 64)
        printf '%-28s %-16s %11s %11s\n' "$call" hyper-util-64 "$ours" "$bare"
        if [ "$call" = nextauth.getSession ]; then
            bare=$(count "$call" hyper bare "$address" 1)
            for transport in hyper hyper-util; do
                ours=$(count "$call" "$transport" ours "$address" 1)
                printf '%-28s %-16s %11s %11s\n' start "$transport" "$ours" "$bare"
            done
        fi
        exec 3>&-
        wait
    done
    printf '%-28s %-16s %11s %11s\n' flow.await_login - "$(flow ours)" "$(flow bare)"
} >"$work/table"

cat "$work/table"
if [ "${1:-}" = --write ]; then
    cp "$work/table" "$here/instructions-wire.txt"
fi
awk '
    BEGIN { target["ureq"] = "0.95"; target["hyper-util"] = "1.00"; target["hyper-util-64"] = "1.05"; target["hyper"] = "1.00"; target["-"] = "1.10" }
    !/^#/ { printf "ratio instructions.%s.%s %.2f %s\n", $2, $1, $3 / $4, $1 == "start" ? "1.20" : target[$2] }
' "$work/table" | sed 's/instructions\.-\./instructions./'
