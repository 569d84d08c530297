#!/usr/bin/env bash
# Line coverage of each crate by the tests of the whole workspace, with cargo-llvm-cov and Debian's LLVM.
#
#   tests/coverage.sh            runs the tests and prints the table
#   tests/coverage.sh --missed   prints the lines that no test reached, of the last run
#
# The slowest laws and most cases of the properties are left out: they reach no further line. Doctests are not counted.
# docs/mutants.md has the figures.
set -euo pipefail
cd "$(dirname "$0")/.."

work=${WORK:-$PWD/target/coverage}
mkdir -p "$work"
lines=$work/lines.lcov

# The tools must read what this compiler writes: the same major version of LLVM.
major=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
if ! command -v "llvm-cov-$major" >/dev/null; then
    apt-get update -qq
    apt-get install -y -qq "llvm-$major"
fi
export LLVM_COV=llvm-cov-$major LLVM_PROFDATA=llvm-profdata-$major
command -v cargo-llvm-cov >/dev/null || cargo install --quiet --locked cargo-llvm-cov

if [ "${1:-}" != --missed ]; then
    export CARGO_TARGET_DIR=$work/target CARGO_INCREMENTAL=0 PROPTEST_CASES=${PROPTEST_CASES:-256}
    nice -n 19 cargo llvm-cov --locked --workspace --all-features --lcov --output-path "$lines" \
        --ignore-filename-regex '/(tests|fuzz)/' -- --skip the_status_matrix --skip no_text_shows_a_secret
fi
[ -f "$lines" ] || { echo "no run yet" >&2; exit 2; }

awk -F: -v root="$PWD/" -v missed="${1:-}" '
    $1 == "SF" {
        file = substr($0, 4)
        sub(root, "", file)
        split(file, part, "/")
        crate = part[1] "/" part[2]
    }
    $1 == "DA" {
        split($2, line, ",")
        all[crate]++
        if (line[2] > 0) reached[crate]++
        else if (missed) print file ":" line[1]
    }
    END {
        if (missed) exit
        printf "%-20s %7s %7s  %s\n", "crate", "lines", "reached", "percent"
        for (crate in all)
            printf "%-20s %7d %7d  %.1f\n", crate, all[crate], reached[crate], 100 * reached[crate] / all[crate] | "sort"
    }' "$lines"
