// Copies OPA's own conformance cases for Rego v1 out of its Go module, byte for byte, into one compressed file of JSON
// lines ({path, text}). Run it after the OPA version in compiler/go.mod changed; it needs Go and its module cache.
//   node packages/rego/scripts/import-conformance.mjs [--check]
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

const target = fileURLToPath(new URL('../src/_testing/__fixtures__/opa-conformance/cases.jsonl.br', import.meta.url));
const cwd = fileURLToPath(new URL('../compiler/', import.meta.url));
const words = ['list', '-m', '-f', '{{.Dir}}', 'github.com/open-policy-agent/opa'];
const folder = join(execFileSync('go', words, { cwd, encoding: 'utf8' }).trim(), 'v1/test/cases/testdata/v1');

const paths = readdirSync(folder, { recursive: true })
  .map((path) => String(path).split(sep).join('/'))
  .filter((path) => /\.(yaml|json)$/.test(path))
  .sort();
const lines = paths.map((path) => `${JSON.stringify({ path, text: readFileSync(join(folder, path), 'utf8') })}\n`);

if (process.argv.includes('--check')) {
  const same = brotliDecompressSync(readFileSync(target)).toString() === lines.join('');
  if (!same) console.error('the cases are not those of the OPA module');
  process.exit(same ? 0 : 1);
}
const window = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_QUALITY]: 11 };
writeFileSync(target, brotliCompressSync(lines.join(''), { params: window }));
console.log(`${paths.length} files`);
