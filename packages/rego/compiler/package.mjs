// Compresses regoc.wasm and records its digest and the Go and OPA it was built with.
// Usage: node package.mjs <quality>   (11 for what is committed; 5 while developing)
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

const here = (name) => new URL(name, import.meta.url);
const raw = readFileSync(here('regoc.wasm'));
const sha256 = createHash('sha256').update(raw).digest('hex');
const go = execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).trim();
const opa = /opa (v[^\s]+)/.exec(readFileSync(here('go.mod'), 'utf8'))?.[1];

const compressed = brotliCompressSync(raw, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: Number(process.argv[2] ?? constants.BROTLI_MAX_QUALITY),
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
  },
});
writeFileSync(here('regoc.wasm.br'), compressed);
writeFileSync(here('regoc.wasm.sha256'), `${sha256}  regoc.wasm\n`);
writeFileSync(here('regoc.json'), `${JSON.stringify({ go, opa }, null, 2)}\n`);
console.log(`regoc.wasm ${raw.length} bytes, regoc.wasm.br ${compressed.length} bytes, sha256 ${sha256}`);
