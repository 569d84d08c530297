#!/bin/sh
# Instructions that each step of each call takes, by valgrind's callgrind: ours, hand-written, and the ratios.
#
#   tests/benches/instructions.sh            prints the table and the ratios
#   tests/benches/instructions.sh --write    also writes the table to instructions.txt, to be checked in
#
# A step is counted at two numbers of repetitions; the difference is the step alone, without start-up and loop. The
# counts repeat, but for a few instructions of hashing; they change with the compiler and the libraries.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$here/../.."
cargo build --quiet --release -p authwire-tests --example once
once=${CARGO_TARGET_DIR:-target}/release/examples/once

# count CALL STEP TIMES
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$once" "$@" 2>"$work/said" || {
        cat "$work/said" >&2
        return 1
    }
    awk '/Collected/ { print $NF }' "$work/said"
}

# step CALL STEP
step() {
    few=$(count "$1" "$2" 100)
    many=$(count "$1" "$2" 600)
    echo $(((many - few) / 500))
}

{
    echo "# Instructions: tests/benches/instructions.sh --write; docs/performance.md says what it counts."
    echo "# $(rustc --version | cut -d' ' -f1,2), $(uname -m)"
    printf '%-28s %11s %11s %11s %11s %11s\n' '#' ours-build hand-build ours-parse hand-parse ours-make
    for call in $("$once"); do
        printf '%-28s' "$call"
        for name in ours-build hand-build ours-parse hand-parse ours-make; do
            printf ' %11s' "$(step "$call" "$name")"
        done
        echo
    done
} >"$work/table"

cat "$work/table"
if [ "${1:-}" = --write ]; then
    cp "$work/table" "$here/instructions.txt"
fi
awk '!/^#/ {
    printf "ratio instructions.both.%s %.2f 0.75\n", $1, ($2 + $4) / ($3 + $5)
    printf "ratio instructions.build.%s %.2f 0.60\n", $1, $2 / $3
}' "$work/table"
