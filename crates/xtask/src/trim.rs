//! Making a module what Envoy is to load: no callback that it does not use, no import that Envoy does not have.

use anyhow::{Result, bail};
use walrus::Module;

/// What every module exports: its memory, its start, its allocator, and the callbacks that it acts on. Envoy calls
/// whatever a module exports, and each call costs; the SDK exports every callback there is.
const EXPORTS: [&str; 8] = [
    "memory",
    "_initialize",
    "proxy_abi_version_0_2_1",
    "proxy_on_memory_allocate",
    "proxy_on_context_create",
    "proxy_on_configure",
    "proxy_on_tick",
    "proxy_on_delete",
];

/// The functions of WASI that Envoy has and a Rust module may ask for.
const WASI: [&str; 8] = [
    "clock_time_get",
    "environ_get",
    "environ_sizes_get",
    "fd_write",
    "proc_exit",
    "random_get",
    "sched_yield",
    "fd_fdstat_get",
];

/// Takes out of a module what it does not use; `callbacks` are those besides [`EXPORTS`] that it acts on.
pub(crate) fn trim(wasm: &[u8], callbacks: &[&str]) -> Result<Vec<u8>> {
    let mut module = Module::from_buffer(wasm)?;
    let wanted: Vec<&str> = EXPORTS.iter().chain(callbacks).copied().collect();
    let missing: Vec<&&str> =
        wanted.iter().filter(|name| !module.exports.iter().any(|export| export.name == **name)).collect();
    if !missing.is_empty() {
        bail!("the module does not export {missing:?}");
    }
    let unused: Vec<_> =
        module.exports.iter().filter(|e| !wanted.contains(&e.name.as_str())).map(|e| e.id()).collect();
    for export in unused {
        module.exports.delete(export);
    }
    walrus::passes::gc::run(&mut module);
    check_imports(&module)?;
    Ok(module.emit_wasm())
}

/// Envoy refuses a module that asks for what it does not have, without saying which module or what.
fn check_imports(module: &Module) -> Result<()> {
    let known = |module: &str, name: &str| match module {
        "env" => name.starts_with("proxy_"),
        "wasi_snapshot_preview1" => WASI.contains(&name),
        _ => false,
    };
    let unknown: Vec<String> = module
        .imports
        .iter()
        .filter(|import| !known(&import.module, &import.name))
        .map(|import| format!("{}.{}", import.module, import.name))
        .collect();
    if !unknown.is_empty() {
        bail!("Envoy does not have what the module imports: {}", unknown.join(", "));
    }
    Ok(())
}
