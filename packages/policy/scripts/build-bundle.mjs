// Compiles the base policy into the bundle that the package ships, and keeps its sources beside it.
//   node packages/policy/scripts/build-bundle.mjs [--check]
// With --check nothing is written; the files that differ are named and the exit code is 1.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const policies = fileURLToPath(new URL('../../../policies/', import.meta.url));
const shipped = fileURLToPath(new URL('../shipped/', import.meta.url));
const {
  alternativesSchema,
  compileBundle,
  DEFAULT_PACK,
  layerParameters,
  PACKS,
  parameterValues,
  parseBaseParameters,
  parseModel,
} = await import('../dist/index.js');

const modules = readdirSync(`${policies}meshclaw`, { recursive: true })
  .map(String)
  .filter((path) => path.endsWith('.rego') && !path.endsWith('_test.rego'))
  .sort()
  .map((path) => ({ path: `meshclaw/${path}`, text: readFileSync(`${policies}meshclaw/${path}`, 'utf8') }));
const operations = JSON.parse(readFileSync(`${policies}data/operations.gen.json`, 'utf8'));
const programs = readdirSync(`${policies}programs`)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => orExit(parseModel(readFileSync(`${policies}programs/${name}`, 'utf8'), `programs/${name}`)));
const parameters = readFileSync(`${policies}data/parameters.yaml`, 'utf8');
const alternatives = alternativesSchema.parse(parse(readFileSync(`${policies}data/alternatives.yaml`, 'utf8')));
const packs = Object.fromEntries(
  PACKS.map((name) => [name, readFileSync(`${policies}packs/${name}/parameters.yaml`, 'utf8')]),
);

/** The first thing that is wrong ends the run, with its place. */
function orExit(result) {
  if (result.isOk()) return result.value;
  const { message, diagnostics = [] } = result.error;
  console.error(message);
  for (const { file, row, column, message: text } of diagnostics) console.error(`${file}:${row}:${column}: ${text}`);
  process.exit(1);
}
const base = parseBaseParameters(parameters);
for (const [name, text] of Object.entries(packs)) orExit(layerParameters(base, text, `packs/${name}/parameters.yaml`));
const layered = orExit(layerParameters(base, packs[DEFAULT_PACK], `packs/${DEFAULT_PACK}/parameters.yaml`));

const compiled = orExit(await compileBundle({ modules, operations, programs, parameters: parameterValues(layered) }));
const files = {
  'policy.wasm': Buffer.from(compiled.wasm),
  'data.json': Buffer.from(compiled.data),
  'manifest.json': Buffer.from(compiled.manifest),
  'alternatives.gen.json': Buffer.from(`${JSON.stringify(alternatives, null, 1)}\n`),
  'modules.gen.json': Buffer.from(`${JSON.stringify({ modules, operations, programs, parameters, packs }, null, 1)}\n`),
};
const read = (name) => {
  try {
    return readFileSync(shipped + name);
  } catch {
    return undefined;
  }
};
const different = Object.keys(files).filter((name) => !read(name)?.equals(files[name]));
if (process.argv.includes('--check')) {
  for (const name of different) console.error(`packages/policy/shipped/${name} is not up to date`);
  process.exit(different.length > 0 ? 1 : 0);
}
mkdirSync(shipped, { recursive: true });
for (const name of different) writeFileSync(shipped + name, files[name]);
