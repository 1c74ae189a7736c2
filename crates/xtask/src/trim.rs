//! Trimming a module: it keeps the exports that Envoy needs and the code that they use.

use anyhow::{Result, ensure};
use walrus::Module;

/// The exports of every module that are not callbacks: its memory, its start function, its version of the ABI, and its
/// allocator.
const EXPORTS: [&str; 4] = ["memory", "_initialize", "proxy_abi_version_0_2_1", "proxy_on_memory_allocate"];

/// The functions of WASI that Envoy implements and a Rust module may import.
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

/// Removes all exports except [`EXPORTS`] and `callbacks`, and the code that only they use. The SDK exports every
/// callback.
pub(crate) fn trim(wasm: &[u8], callbacks: &[&str]) -> Result<Vec<u8>> {
    let mut module = Module::from_buffer(wasm)?;
    let kept: Vec<&str> = EXPORTS.iter().chain(callbacks).copied().collect();
    let missing: Vec<&&str> =
        kept.iter().filter(|name| !module.exports.iter().any(|export| export.name == **name)).collect();
    ensure!(missing.is_empty(), "the module does not export {missing:?}");
    let unused: Vec<_> =
        module.exports.iter().filter(|e| !kept.contains(&e.name.as_str())).map(|e| e.id()).collect();
    for export in unused {
        module.exports.delete(export);
    }
    walrus::passes::gc::run(&mut module);
    check_imports(&module)?;
    Ok(module.emit_wasm())
}

/// Checks that Envoy implements every import. Envoy rejects a module with an unknown import, and its error names neither.
fn check_imports(module: &Module) -> Result<()> {
    let known = |module: &str, name: &str| match module {
        "env" => name.starts_with("proxy_"),
        "wasi_snapshot_preview1" => WASI.contains(&name),
        _ => false,
    };
    let unknown = module.imports.iter().filter(|import| !known(&import.module, &import.name));
    let unknown: Vec<_> = unknown.map(|import| format!("{}.{}", import.module, import.name)).collect();
    let unknown = unknown.join(", ");
    ensure!(unknown.is_empty(), "the module imports functions that Envoy does not implement: {unknown}");
    Ok(())
}
