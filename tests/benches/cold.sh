#!/bin/sh
# A minimal client of one provider, built from nothing in a folder of its own: what the build takes, how many crates it
# has, how large it is, and how long it runs from its start to the first reply. No targets.
#
#   tests/benches/cold.sh                 all four
#   tests/benches/cold.sh ureq hyper-tls  some: ureq, hyper (plain http), ureq-tls, hyper-tls (default features)
#
# It needs the crates in cargo's cache (--offline), and takes minutes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root"
cargo build --quiet --offline --release -p authwire-tests --example wire
wire=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)/release/examples/wire
mkfifo "$work/input" "$work/output"
"$wire" serve nextauth.getSession <"$work/input" >"$work/output" &
exec 3>"$work/input"
read -r address <"$work/output"

printf '%-10s %10s %10s %8s %10s %16s\n' '' 'wall, s' 'CPU, s' crates 'MB' 'first reply, ms'
for kind in ${*:-ureq hyper ureq-tls hyper-tls}; do
    adapter=${kind%-tls}
    crate="$work/$kind"
    mkdir -p "$crate/src"
    cp "$root/Cargo.lock" "$crate/Cargo.lock"
    case $kind in
    ureq) features='default-features = false' ;;
    hyper) features='default-features = false, features = ["client"]' ;;
    *) features='default-features = true' ;;
    esac
    cat >"$crate/Cargo.toml" <<END
[package]
name = "cold-client"
version = "0.0.0"
edition = "2024"

[dependencies]
authwire-core = { path = "$root/crates/core" }
authwire-nextauth = { path = "$root/crates/nextauth" }
authwire-$adapter = { path = "$root/adapters/$adapter", $features }
END
    if [ "$adapter" = hyper ]; then
        echo 'tokio = { version = "1", default-features = false, features = ["rt", "net", "time"] }' >>"$crate/Cargo.toml"
        # The pool has tasks of its own: they run while the runtime does.
        call='tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(client.call(&provider, &operation))'
    else
        call='client.call(&provider, &operation)'
    fi
    printf '\n[profile.release]\nstrip = true\n\n[workspace]\n' >>"$crate/Cargo.toml"
    cat >"$crate/src/main.rs" <<END
use authwire_core::BaseUrl;
use authwire_nextauth::sessions::GetSession;
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let base = std::env::args().nth(1).ok_or("a base URL")?;
    let provider = NextAuth::new(BaseUrl::new(&base)?, &ApiKey::new("key")?);
    let nonce = Nonce::from_text("4f6f2f5a7a0d4d0f8f7d2a1b3c5e7f90")?;
    let operation = GetSession::new(ServerId::new("rN6hUJbbB5V0M5Yb1lIA0Q==")?, nonce);
    let client = authwire_$adapter::Client::new()?;
    let status = $call?;
    println!("{status:?}");
    Ok(())
}
END
    # The user's and the system's seconds of all children are the second line that times prints.
    took=$(
        cd "$crate"
        start=$(date +%s)
        CARGO_TARGET_DIR="$crate/target" cargo build --quiet --offline --release >&2
        # Not into a pipe: that would be another process, with no children.
        times >"$work/times"
        awk -v wall=$(($(date +%s) - start)) 'NR == 2 { gsub(/[ms]/, " "); print wall, int($1 * 60 + $2 + $3 * 60 + $4) }' "$work/times"
    )
    client="$crate/target/release/cold-client"
    crates=$(cd "$crate" && cargo tree --offline --edges normal --prefix none | sed 's/ (.*//' | sort -u | wc -l)
    size=$(wc -c <"$client")
    best=
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        start=$(date +%s%N)
        "$client" "http://$address" >/dev/null
        time=$((($(date +%s%N) - start) / 10000))
        if [ -z "$best" ] || [ "$time" -lt "$best" ]; then best=$time; fi
    done
    # shellcheck disable=SC2086
    printf '%-10s %10s %10s %8s %10s %16s\n' "$kind" $took "$crates" \
        "$(awk -v size="$size" 'BEGIN { printf "%.2f", size / 1000000 }')" \
        "$(awk -v best="$best" 'BEGIN { printf "%.2f", best / 100 }')"
done
exec 3>&-
wait
