# Tasks of the project. Most recipes call `cargo xtask`; `just` lists them.

default:
    @just --list

# Build the modules into dist/
build:
    cargo xtask build

# Build the command `ringfence` as one static file into dist/
dist:
    cargo xtask dist

# Write an OCI image of each module into dist/images/; with `--registry HOST/PATH` also manifests that load them
images *options:
    cargo xtask images {{options}}

# Run the modules in stock Envoy, send requests, and print the decisions
demo *options:
    cargo xtask demo {{options}}

# Run examples/docker-compose on a Docker engine
compose *options:
    cargo xtask compose {{options}}

# Run all tests and checks; `just test --quick` leaves out Envoy
test *options:
    cargo xtask test {{options}}

# Run the tests of one crate, such as `just test-crate policy`
test-crate name *options:
    cargo test --package {{name}} {{options}}

# Format the code
fmt:
    cargo fmt --all

# Run clippy on the whole workspace
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Build the documentation of the crates and open it
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --open

# Measure the cost of the modules in stock Envoy
bench *options:
    cargo xtask bench -- {{options}}

# Download stock Envoy if none is installed
envoy:
    cargo xtask envoy

# Install the system packages that the tests use; needs root on Debian or Ubuntu
setup:
    .ci/setup

# Set up this machine and run everything that CI runs
ci:
    .ci/run
