// Writes THIRD_PARTY_LICENSES: the licences and notices of everything that is linked into regoc.wasm.
// Usage: node licenses.mjs   (build.sh runs it; needs Go and the modules of go.mod)
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const here = (name) => new URL(name, import.meta.url);
const cwd = new URL('.', import.meta.url);
const go = (...words) =>
  execFileSync('go', words, { cwd, encoding: 'utf8', env: { ...process.env, GOOS: 'wasip1', GOARCH: 'wasm' } }).trim();

const LICENCE = /^(licen[cs]e|notice|copying|patents)[^/]*$/i;

function licencesUnder(folder) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => LICENCE.test(path.split('/').at(-1)) && !/\.(go|rego|json)$/.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
}

/** OPA's C and C++ runtime, part of every compiled policy, states its licences in the heads of its source files. */
function headsUnder(folder) {
  const heads = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => /\.(c|cc|h)$/.test(path))
    .sort()
    .flatMap((path) => readFileSync(join(folder, path), 'utf8').match(/^\s*(\/\*[\s\S]*?\*\/|(\/\/[^\n]*\n)+)/)?.[0] ?? [])
    .map((head) => head.trim())
    .filter((head) => head.includes('Copyright'));
  return [...new Set(heads)];
}

const section = (title, text) => `${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n\n${text.trim()}\n`;

const template = '{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}';
const modules = [...new Set(go('list', '-deps', '-f', template, '.').split('\n'))]
  .filter((line) => line !== '')
  .sort()
  .map((line) => line.split('\t'));

const goLicence = readFileSync(join(go('env', 'GOROOT'), 'LICENSE'), 'utf8');
const re2Licence = goLicence
  .replace(/^Copyright .*$/m, 'Copyright (c) 2009 The RE2 Authors. All rights reserved.')
  .replace('Google LLC', 'Google Inc.');

const sections = [section('The Go runtime and standard library', goLicence)];
for (const [path, version, folder] of modules) {
  const found = licencesUnder(folder);
  if (found.length === 0) throw new Error(`no licence in ${path}`);
  for (const licence of found) sections.push(section(`${path} ${version}: ${licence.path}`, licence.text));
  if (path !== 'github.com/open-policy-agent/opa') continue;
  const runtime = join(folder, 'wasm', 'src');
  for (const head of headsUnder(runtime)) sections.push(section(`${path} ${version}: ${relative(folder, runtime)}`, head));
  sections.push(section('RE2, in the WebAssembly runtime of OPA', re2Licence));
}
const title = 'regoc.wasm is built from the following works. Each is under the terms given here.\n\n';
writeFileSync(here('THIRD_PARTY_LICENSES'), title + sections.join('\n'));
console.log(`THIRD_PARTY_LICENSES: ${sections.length} texts of ${modules.length} modules and Go`);
