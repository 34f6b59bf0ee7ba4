// Writes everything that is generated: registries, policy data, the shipped bundle, schemas, help.
//   script/generate                writes
//   script/generate --check        writes nothing; exits 1 and names the files that differ
//   script/generate new KIND ID    makes the folder of a new executor, workflow, rule or tool
// Generators are found by name: scripts/ and packages/*/scripts/ hold generate-*.mjs and build-bundle.mjs.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildStale } from './build.mjs';
import { newPlugin } from './new-plugin.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

/** Each may read what those before it wrote; what is not named here runs last. */
const ORDER = [
  'generate-registry',
  'generate-operations',
  'generate-data',
  'build-bundle',
  'generate-schemas',
  'generate-tools',
  'generate-commands',
];

const words = process.argv.slice(2);
if (words[0] === 'new') process.exitCode = newPlugin(words[1], words[2]);
else if (words.length === 0) process.exitCode = await write();
else if (words.length === 1 && words[0] === '--check') process.exitCode = await compare();
else {
  process.stderr.write(
    'usage: script/generate [--check]\n       script/generate new <executor|workflow|rule|tool> <id>\n',
  );
  process.exitCode = 2;
}

/** A package that lacks a generated file cannot be built before it is written, so only the last build has to succeed. */
async function write() {
  let failed = 0;
  for (const generator of generators()) {
    await buildStale();
    if (!runs(generator)) failed += 1;
  }
  const { failed: unbuilt } = await buildStale();
  return failed + unbuilt.length === 0 ? 0 : 1;
}

async function compare() {
  const { failed: unbuilt } = await buildStale();
  const differing = generators().filter((generator) => !runs(generator, '--check'));
  if (differing.length > 0) process.stderr.write('script/generate writes what differs\n');
  return differing.length + unbuilt.length === 0 ? 0 : 1;
}

/** A process of its own each: a generator imports what was built just before it. */
function runs(generator, ...flags) {
  const { status } = spawnSync(process.execPath, [generator, ...flags], { stdio: 'inherit' });
  if (status !== 0) process.stderr.write(`${generator} ended with exit code ${status}\n`);
  return status === 0;
}

function generators() {
  const folders = ['scripts', ...readdirSync('packages').map((name) => join('packages', name, 'scripts'))];
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => /[\\/](generate-[\w-]+|build-bundle)\.mjs$/.test(path))
    .sort((one, other) => placeOf(one) - placeOf(other) || one.localeCompare(other));
}

function placeOf(path) {
  const place = ORDER.indexOf(basename(path, '.mjs'));
  return place === -1 ? ORDER.length : place;
}
