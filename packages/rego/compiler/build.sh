#!/bin/sh
# Builds regoc.wasm reproducibly: the same Go and OPA versions give the same bytes from any folder and cache.
# Usage: compiler/build.sh [brotli quality]   11 (the default) takes minutes, 5 seconds.
#        compiler/build.sh raw <file>         only the uncompressed module, to compare
set -eu
cd "$(dirname "$0")"

compile() {
  GOOS=wasip1 GOARCH=wasm CGO_ENABLED=0 GOFLAGS=-mod=readonly GOTOOLCHAIN=local GOWASM= GOEXPERIMENT= \
    go build -buildmode=c-shared -trimpath -buildvcs=false -ldflags='-s -w -buildid=' -o "$1" .
}

if [ "${1:-}" = raw ]; then
  case $2 in /*) compile "$2" ;; *) echo 'raw needs an absolute path' >&2; exit 2 ;; esac
else
  compile "$PWD/regoc.wasm"
  node licenses.mjs
  node package.mjs "${1:-11}"
fi
