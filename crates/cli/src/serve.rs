use std::io::{Write, copy, sink, stdin};
use std::sync::mpsc::channel;
use std::thread;

use authwire_emulator::{Emulator, Server};

use crate::args::EmulatorArgs;
use crate::providers::chosen;
use crate::{Failure, curl};

/// Serves the emulator until it is told to stop.
pub(crate) fn run(args: &EmulatorArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let (stop, stopped) = channel();
    if args.until_eof {
        let stop = stop.clone();
        // Nobody waits for this thread: the process may end while it still reads.
        thread::spawn(move || {
            // Whatever ends it, there is nothing more to read.
            let _ = copy(&mut stdin().lock(), &mut sink());
            stop.send(())
        });
    }
    ctrlc::set_handler(move || {
        // When nobody waits any more, the process is ending already.
        let _ = stop.send(());
    })
    .map_err(Failure::Signal)?;

    let server = Server::with_on(Emulator::new(args.seed), args.port).map_err(Failure::Emulator)?;
    announce(&server, args, out)?;
    // An error would mean that nobody can say stop any more.
    let _ = stopped.recv();
    drop(server);
    writeln!(out, "Stopped.").and_then(|()| out.flush()).map_err(Failure::Output)
}

fn announce(server: &Server, args: &EmulatorArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let mut text = format!(
        "The emulator serves on 127.0.0.1:{} until ctrl-c.\n\
         Its ids and secrets follow from the seed {}: they guard nothing.\n",
        server.port(),
        args.seed,
    );
    for provider in chosen(None) {
        let access = (provider.access)(server)?;
        text.push_str(&format!("\n{}\n", provider.name));
        let mut line = |what: &str, value: &str| text.push_str(&format!("  {what:<15} {value}\n"));
        line("base URL", &server.url(provider.name));
        access.values.iter().for_each(|(what, value)| line(what, value));
        line("to try it", &curl::line(&access.request));
    }
    // At once, for a program that reads it and waits.
    write!(out, "{text}").and_then(|()| out.flush()).map_err(Failure::Output)
}
