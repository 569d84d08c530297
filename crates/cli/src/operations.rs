use std::io::Write;

use crate::Failure;
use crate::args::OperationsArgs;
use crate::providers::{Operation, chosen};

/// Lists the operations.
pub(crate) fn run(args: &OperationsArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let operations: Vec<_> = chosen(args.provider.as_deref()).flat_map(|provider| (provider.operations)()).collect();
    let written = if args.json { as_json(&operations, out) } else { as_table(&operations, out) };
    written.and_then(|()| out.flush()).map_err(Failure::Output)
}

fn as_json(operations: &[Operation], out: &mut dyn Write) -> std::io::Result<()> {
    operations.iter().try_for_each(|operation| {
        serde_json::to_writer(&mut *out, operation)?;
        writeln!(out)
    })
}

fn as_table(operations: &[Operation], out: &mut dyn Write) -> std::io::Result<()> {
    let longest = |text: fn(&Operation) -> &str| operations.iter().map(|o| text(o).len()).max().unwrap_or(0);
    let (name, template) = (longest(|operation| operation.name), longest(|operation| operation.template));
    operations.iter().try_for_each(|operation| {
        let word = if operation.repeatable { "repeatable" } else { "once" };
        writeln!(out, "{:name$}  {:6}  {:template$}  {word}", operation.name, operation.method, operation.template)
    })
}
