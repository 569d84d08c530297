#!/bin/sh
# A minimal client of one provider, built from nothing in a folder of its own: what the build takes, how many crates it
# has, how large it is, and how long it runs from its start to the first reply; and each of these, divided by what the
# same call takes written by hand on one connection of hyper. No targets.
#
#   tests/benches/cold.sh                 all five
#   tests/benches/cold.sh bare hyper-tls  some: bare, ureq, hyper (plain http), ureq-tls, hyper-tls (default features)
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

kinds=${*:-bare ureq hyper ureq-tls hyper-tls}
for kind in $kinds; do
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
END
    if [ "$kind" = bare ]; then
        cat >>"$crate/Cargo.toml" <<END
http-body-util = "0.1"
hyper = { version = "1", features = ["client", "http1"] }
hyper-util = { version = "0.1", default-features = false, features = ["tokio"] }
serde_json = "1"
END
    else
        cat >>"$crate/Cargo.toml" <<END
authwire-core = { path = "$root/crates/core" }
authwire-nextauth = { path = "$root/crates/nextauth" }
authwire-$adapter = { path = "$root/adapters/$adapter", $features }
END
    fi
    if [ "$adapter" != ureq ]; then
        echo 'tokio = { version = "1", default-features = false, features = ["rt", "net", "time"] }' >>"$crate/Cargo.toml"
        # The pool has tasks of its own: they run while the runtime does.
        call='tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(client.call(&provider, &operation))'
    else
        call='client.call(&provider, &operation)'
    fi
    printf '\n[profile.release]\nstrip = true\n\n[workspace]\n' >>"$crate/Cargo.toml"
    if [ "$kind" = bare ]; then
        cat >"$crate/src/main.rs" <<END
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let base = std::env::args().nth(1).ok_or("a base URL")?;
    let host = base.strip_prefix("http://").ok_or("plain http")?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (mut sender, connection) = http1::handshake(TokioIo::new(TcpStream::connect(host).await?)).await?;
        tokio::spawn(connection);
        let request = Request::get("/servers/rN6hUJbbB5V0M5Yb1lIA0Q%3D%3D/sessions/")
            .header("host", host)
            .header("accept", "application/json")
            .header("x-apikey", "key")
            .header("x-nonce", "4f6f2f5a7a0d4d0f8f7d2a1b3c5e7f90")
            .body(Empty::<Bytes>::new())?;
        let reply = sender.send_request(request).await?;
        let body = reply.into_body().collect().await?.to_bytes();
        println!("{:?}", serde_json::from_slice::<serde_json::Value>(&body)?);
        Ok(())
    })
}
END
    else
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
    fi
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
    echo "$kind $took $crates $size" >>"$work/built"
done
# In turns, so that a busy machine is busy for all.
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    for kind in $kinds; do
        start=$(date +%s%N)
        "$work/$kind/target/release/cold-client" "http://$address" >/dev/null
        echo "$kind $(($(date +%s%N) - start))" >>"$work/ran"
    done
done
awk '
    FILENAME ~ /ran$/ { if (!($1 in best) || $2 < best[$1]) best[$1] = $2; next }
    FNR == 1 { printf "%-10s %10s %10s %8s %10s %16s\n", "", "wall, s", "CPU, s", "crates", "MB", "first reply, ms" }
    { printf "%-10s %10s %10s %8s %10.2f %16.2f\n", $1, $2, $3, $4, $5 / 1000000, best[$1] / 1000000 }
    $1 == "bare" { split($0, bare) }
    $1 != "bare" && 1 in bare {
        ratios = ratios sprintf("ratio cold.build-cpu.%s %.2f -\nratio cold.crates.%s %.2f -\n", $1, $3 / bare[3], $1, $4 / bare[4])
        ratios = ratios sprintf("ratio cold.size.%s %.2f -\n", $1, $5 / bare[5])
        ratios = ratios sprintf("ratio cold.first-reply.%s %.2f -\n", $1, best[$1] / best["bare"])
    }
    END { printf "%s", ratios }
' "$work/ran" "$work/built"
exec 3>&-
wait
