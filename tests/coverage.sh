#!/usr/bin/env bash
# Line coverage of the protocol crates and the adapters by their own tests and the workspace's, with cargo-llvm-cov and
# Debian's LLVM.
#
#   tests/coverage.sh [OPTION OF cargo-llvm-cov]...    runs the tests and prints the table
#   tests/coverage.sh --missed                         prints the lines of the last run that no test reached
#
# The two slowest laws and most cases of the properties are left out: they reach no further line. Doctests are not
# counted. docs/mutants.md has the figures.
set -euo pipefail
cd "$(dirname "$0")/.."

work=${WORK:-$PWD/target/coverage}
mkdir -p "$work"
lines=$work/lines.lcov
counted=(crates/{core,nextauth,lagrello,nap,authentiq} adapters/{ureq,hyper})

if [ "${1:-}" != --missed ]; then
    # The tools must read what this compiler writes: the same major version of LLVM.
    major=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
    if ! command -v "llvm-cov-$major" >/dev/null; then
        apt-get update -qq
        apt-get install -y -qq "llvm-$major"
    fi
    export LLVM_COV=llvm-cov-$major LLVM_PROFDATA=llvm-profdata-$major
    command -v cargo-llvm-cov >/dev/null || cargo install --quiet --locked cargo-llvm-cov@0.9.1
    export CARGO_TARGET_DIR=$work/target CARGO_INCREMENTAL=0 PROPTEST_CASES=${PROPTEST_CASES:-256}
    packages=(--package authwire-tests)
    for folder in "${counted[@]}"; do packages+=(--package "authwire-${folder#*/}"); done
    nice -n 19 cargo llvm-cov --locked --all-features "${packages[@]}" --tests --lcov --output-path "$lines" "$@" \
        -- --skip the_status_matrix --skip no_text_shows_a_secret
fi
[ -f "$lines" ] || { echo "there was no run yet" >&2; exit 2; }

awk -F: -v root="$PWD/" -v counted="${counted[*]}" -v missed="${1:-}" '
    BEGIN { split(counted, folders, " "); for (i in folders) known[folders[i]] }
    $1 == "SF" {
        file = substr($0, 4)
        if (index(file, root) == 1) file = substr(file, length(root) + 1)
        split(file, part, "/")
        crate = part[1] "/" part[2]
        is_counted = crate in known && part[3] == "src"
    }
    $1 == "DA" && is_counted {
        split($2, line, ",")
        all[crate]++
        if (line[2] > 0) reached[crate]++
        else if (missed == "--missed") print file ":" line[1]
    }
    END {
        if (missed == "--missed") exit
        printf "%-18s %6s %8s %8s\n", "", "lines", "reached", "percent"
        for (crate in all)
            printf "%-18s %6d %8d %8.1f\n", crate, all[crate], reached[crate],
                100 * reached[crate] / all[crate] | "sort"
    }' "$lines"
