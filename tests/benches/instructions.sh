#!/bin/sh
# Instructions that each step of each call takes, by valgrind's callgrind: ours, hand-written, and the ratios; then how
# far the operations are apart, and how the cost grows with a path value.
#
#   tests/benches/instructions.sh            prints the tables and the ratios
#   tests/benches/instructions.sh --write    also writes the tables to instructions.txt, to be checked in
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
    steps="ours-build hand-build fastest-build ours-parse hand-parse fastest-parse ours-make"
    # shellcheck disable=SC2086
    printf '%-28s %11s %11s %13s %11s %11s %13s %11s\n' '#' $steps
    for call in $("$once"); do
        printf '%-28s' "$call"
        for name in $steps; do
            printf " %$(((${#name} > 11) ? 13 : 11))s" "$(step "$call" "$name")"
        done
        echo
    done
} >"$work/calls"

# each WHICH: what was run and its count, a line each. All in one process, of which the function `counted` is counted.
each() {
    rm -f "$work"/out*
    valgrind --tool=callgrind --collect-atstart=no --toggle-collect=once::counted --dump-after=once::counted \
        --callgrind-out-file="$work/out" "$once" "$1" 200 >"$work/names" 2>"$work/said" || {
        cat "$work/said" >&2
        return 1
    }
    part=0
    while read -r name; do
        part=$((part + 1))
        awk -v name="$name" '/^(summary|totals):/ { print name, int($2 / 200); exit }' "$work/out.$part"
    done <"$work/names"
}

{
    echo
    echo "# Build and parse, of each operation, with the fullest success of its golden table."
    each operations | awk '{ printf "%-39s %11s\n", $1, $2 }'
} >"$work/operations"

{
    echo
    echo "# Build and parse, of the one that costs most, by hand, with the same reply."
    each by-hand | awk '{ printf "%-39s %11s\n", $1, $2 }'
} >"$work/by-hand"

{
    echo
    echo "# Build, with a path value of so many bytes."
    each growing | awk '{ printf "%-39s %11s %11s\n", $1, $2, $3 }'
} >"$work/growing"

cat "$work/calls" "$work/operations" "$work/by-hand" "$work/growing"
if [ "${1:-}" = --write ]; then
    cat "$work/calls" "$work/operations" "$work/by-hand" "$work/growing" >"$here/instructions.txt"
fi
echo
awk '!/^#/ {
    printf "ratio instructions.both.%s %.2f 0.75\n", $1, ($2 + $5) / ($3 + $6)
    printf "ratio instructions.build.%s %.2f 0.60\n", $1, $2 / $3
    printf "ratio instructions.fastest.%s %.2f -\n", $1, ($2 + $5) / ($4 + $7)
}' "$work/calls"
by_hand=$(awk 'NF == 2 { print $2 }' "$work/by-hand")
awk 'NF == 2' "$work/operations" | sort -n -k 2 | awk -v by_hand="$by_hand" '{ cost[NR] = $2 } END {
    median = NR % 2 ? cost[(NR + 1) / 2] : (cost[NR / 2] + cost[NR / 2 + 1]) / 2
    printf "ratio instructions.spread %.2f 3.00\n", cost[NR] / median
    printf "ratio instructions.spread.by-hand %.2f -\n", by_hand / median
    printf "ratio instructions.both.costliest %.2f -\n", cost[NR] / by_hand
}'
awk '$2 == 1000 { short = $3 / $2 }
    $2 == 10000 { printf "ratio instructions.growth.%s %.2f 1.20\n", $1, $3 / $2 / short }' "$work/growing"
