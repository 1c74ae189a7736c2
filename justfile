# The front door. Each recipe is a task of `cargo xtask`; `just` lists them.

default:
    @just --list

# Build the modules into dist/
build:
    cargo xtask build

# Build the command `ringfence` as one static file into dist/
dist:
    cargo xtask dist

# Write an OCI image of each module into dist/images/; `--registry HOST/PATH` writes manifests that load them
images *options:
    cargo xtask images {{options}}

# Run the modules in stock Envoy and print what came of some dozens of requests
demo *options:
    cargo xtask demo {{options}}

# Run the harness of examples/docker-compose on a Docker engine
compose *options:
    cargo xtask compose {{options}}

# Run every test; `just test --quick` leaves Envoy out
test *options:
    cargo xtask test {{options}}

# Measure what the modules cost in stock Envoy
bench *options:
    cargo xtask bench -- {{options}}

# Fetch stock Envoy, unless there is one
envoy:
    cargo xtask envoy

# What CI runs
ci:
    .ci/run
