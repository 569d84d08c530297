#!/usr/bin/env bash
# Mutation testing with cargo-mutants: plants one fault at a time and sees whether a test fails.
#
#   tests/mutants.sh CRATE [K/N]          crates/CRATE (core, nextauth, lagrello, nap, authentiq), or its shard K of N,
#                                         counted from 0
#   tests/mutants.sh --again CRATE [K/N]  those of such a run that no test has caught yet: after an interruption, or to
#                                         try new tests on the survivors
#   tests/mutants.sh --table              the figures of all runs so far
#   ONLY=PATTERN tests/mutants.sh ...     only mutants whose name, as in the lists, fits the regular expression (what
#                                         drops a field comes along whatever the pattern)
#
# A mutant meets few and quick tests first: to build them is what takes the time. Who survives meets the next ones, up
# to the status matrix and the search for secrets. All runs on a copy of the tree, in $WORK (target/mutants unless set),
# and gives way to other work. One run at a time in one $WORK.
#
# docs/mutants.md has the figures, and the reason of each survivor.
set -euo pipefail
cd "$(dirname "$0")/.."
work=${WORK:-$PWD/target/mutants}
mkdir -p "$work"
work=$(cd "$work" && pwd)

table() {
    local run name caught timeout missed viable
    printf '%-16s %7s %7s %7s %7s %9s %9s  %s\n' \
        'crate/shard' viable caught timeout missed unviable untested 'caught of viable'
    for run in "$work"/runs/*/*/; do
        name=$(basename "$(dirname "$run")")/$(basename "$run")
        caught=$(wc -l <"$run/caught.txt") timeout=$(wc -l <"$run/timeout.txt") missed=$(wc -l <"$run/missed.txt")
        viable=$((caught + timeout + missed))
        printf '%-16s %7d %7d %7d %7d %9d %9d  ' "$name" "$viable" "$caught" "$timeout" "$missed" \
            "$(wc -l <"$run/unviable.txt")" $(($(wc -l <"$run/left.txt") - missed))
        awk -v ended=$((caught + timeout)) -v viable=$viable \
            'BEGIN { printf "%.1f %%\n", 100 * ended / (viable ? viable : 1) }'
    done
}

again=
case ${1:-} in
    --table) table; exit ;;
    --again) again=yes; shift ;;
esac
crate=${1:?a crate: core, nextauth, lagrello, nap or authentiq}
shard=${2:-0/1}
[ -d "crates/$crate" ] || { echo "there is no crates/$crate" >&2; exit 2; }
command -v cargo-mutants >/dev/null || cargo install --quiet --locked cargo-mutants@27.1.0
run=$work/runs/$crate/${shard/\//of}
[ -z "$again" ] || [ -f "$run/left.txt" ] || { echo "there was no run of $crate $shard" >&2; exit 2; }
mkdir -p "$work/tmp" "$run"

# The copy stands where the last one stood and its files keep their times, so that no more is compiled than has changed.
rm -rf "$work/tree"
mkdir "$work/tree"
git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --create --null --files-from - | tar --extract --directory "$work/tree"
commit=$(git describe --always --dirty)
cd "$work/tree"
# What was compiled last may be a mutant, and is younger than these files.
touch crates/*/src/lib.rs

export CARGO_TARGET_DIR=$work/target TMPDIR=$work/tmp
# Without debug information a mutant takes half the time.
export CARGO_PROFILE_DEV_DEBUG=none CARGO_PROFILE_TEST_DEBUG=none CARGO_INCREMENTAL=1
# What a fault leaves unused is no error: the tests judge it.
export CARGO_ENCODED_RUSTFLAGS=--cap-lints=warn
# Few cases: a test that needs thousands to see a fault has seen it by luck.
export PROPTEST_CASES=${PROPTEST_CASES:-256}

list() { cargo mutants --package "authwire-$crate" --colors never --list "$@"; }
gently() { nice -n 19 "$@"; }

# What cargo-mutants has found out so far, also if it was interrupted.
collect() {
    local what
    if [ -d "$run/mutants.out" ]; then
        for what in caught timeout unviable; do
            [ ! -f "$run/mutants.out/$what.txt" ] || cat "$run/mutants.out/$what.txt" >>"$run/$what.txt"
        done
        for what in left missed; do
            cat "$run"/{caught,timeout,unviable}.txt | grep -vxFf - "$run/$what.txt" >"$run/new.txt" || true
            mv "$run/new.txt" "$run/$what.txt"
        done
        rm -rf "$run/last" && mv "$run/mutants.out" "$run/last"
    fi
    rm -rf "$run"/mutants.out*
}

# stage FILE "PACKAGES" "TESTS" [OPTION OF THE TESTS]...: the mutants in FILE that are left, against these tests.
stage() {
    local file=$1 packages tests status=0
    read -ra packages <<<"$2"
    read -ra tests <<<"$3"
    shift 3
    list --file "$file" ${ONLY:+--re "$ONLY"} | grep -xFf "$run/left.txt" >/dev/null || return 0
    echo "== $crate $shard, $file: ${tests[*]} ($(date +%T), $(wc -l <"$run/left.txt") left)" | tee -a "$run/log"
    # The tree without a fault must pass, and says how long that takes; cargo-mutants would build more than these tests.
    local test=(gently cargo test --quiet --all-features "${packages[@]/#/--package=authwire-}" "${tests[@]/#/--test=}")
    "${test[@]}" --no-run >"$run/unmutated.log" 2>&1 || { tail -30 "$run/unmutated.log" >&2; exit 1; }
    local began=$SECONDS
    "${test[@]}" -- "$@" >"$run/unmutated.log" 2>&1 || { tail -30 "$run/unmutated.log" >&2; exit 1; }
    local limit=$((30 + 5 * (SECONDS - began)))
    # It leaves out what it finds here, and nothing else makes it test some mutants by name.
    mkdir "$run/mutants.out"
    list | grep -vxFf "$run/left.txt" >"$run/mutants.out/previously_caught.txt" || true
    gently cargo mutants --package "authwire-$crate" --file "$file" --iterate --in-place --baseline skip \
        ${ONLY:+--re "$ONLY"} --timeout "$limit" --build-timeout 300 --output "$run" --colors never \
        "${packages[@]/#/--test-package=authwire-}" "${tests[@]/#/--cargo-arg=--test=}" \
        -- -- "$@" >>"$run/log" 2>&1 || status=$?
    collect
    # 2: some were missed. 3: some did not end. Anything else is a fault of the run.
    case $status in
        0 | 2 | 3) ;;
        *) tail -30 "$run/log" >&2; exit "$status" ;;
    esac
}

rm -rf "$run"/mutants.out*
: >>"$run/missed.txt"
if [ -z "$again" ]; then
    rm -f "$run/log"
    for what in caught timeout unviable missed; do : >"$run/$what.txt"; done
    list --shard "$shard" --sharding round-robin >"$run/left.txt"
fi
trap collect EXIT
echo "== commit $commit" >>"$run/log"

own=()
for test in "crates/$crate"/tests/*.rs; do own+=("$(basename "$test" .rs)"); done
laws=(goldens laws storing retry)
all='**/*.rs'
if [ "$crate" = core ]; then
    # A change of core compiles every crate anew, so its own tests go first; and of them, what is called like the file.
    for test in "${own[@]}"; do
        [ ! -f "crates/core/src/$test.rs" ] || stage "crates/core/src/$test.rs" core "$test"
    done
    stage "$all" core "${own[*]}"
    laws+=(nextauth lagrello nap authentiq)
else
    stage "$all" tests goldens
    stage "$all" "$crate" "${own[*]}"
    laws+=("$crate")
fi
stage "$all" tests "${laws[*]}" --skip the_status_matrix --skip no_text_shows_a_secret
stage "$all" tests laws the_status_matrix no_text_shows_a_secret
# They have met all tests.
list ${ONLY:+--re "$ONLY"} | grep -xFf "$run/left.txt" | sort -u - "$run/missed.txt" >"$run/new.txt" || true
mv "$run/new.txt" "$run/missed.txt"
table
[ ! -s "$run/missed.txt" ] || { echo; echo "Survivors:"; cat "$run/missed.txt"; }
