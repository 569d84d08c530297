#!/usr/bin/env bash
# Runs the fuzz targets one after another and prints what they did: ./long.sh [SECONDS A TARGET] [TARGET...]
# The corpora that grow in `corpus/` are kept for the next time; what broke a law is in `artifacts/`.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-60}
shift || true
mapfile -t targets < <(sed -n 's/^name = "\(.*\)"$/\1/p' Cargo.toml | grep -v '^authwire-fuzz$')
[ $# -gt 0 ] && targets=("$@")
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# Without a sanitizer: there is no unsafe code of ours, and it is ten times as fast, on a stable compiler.
cargo fuzz build --sanitizer none 2>"$logs/build" || { cat "$logs/build"; exit 1; }

total=0 crashes=0
printf '%-14s %14s %10s %8s %8s\n' target executions per_second corpus crashes
for target in "${targets[@]}"; do
    mkdir -p "corpus/$target" "artifacts/$target"
    status=0
    cargo fuzz run "$target" --sanitizer none "corpus/$target" "seeds/$target" -- \
        -max_total_time="$seconds" -max_len=512 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        >"$logs/$target" 2>&1 || status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$logs/$target" | tail -1)
    rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$logs/$target" | tail -1)
    crash=0
    if [ "$status" -ne 0 ]; then
        crash=1
        tail -30 "$logs/$target" >&2
    fi
    printf '%-14s %14s %10s %8s %8s\n' "$target" "${runs:-0}" "${rate:-0}" "$(find "corpus/$target" -type f | wc -l)" "$crash"
    # A target that ran nothing has not passed.
    [ "${runs:-0}" -ge 1000 ] || crash=1
    total=$((total + ${runs:-0}))
    crashes=$((crashes + crash))
done
printf '%s executions, %s crashes\n' "$total" "$crashes"
[ "$crashes" -eq 0 ]
