// Makes the folder of a new plugin from scripts/templates/<kind>: something small that works, whose one test passes
// and whose README lists what to fill in. Touches no other file.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const USAGE = 2;

const KEBAB = { form: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, example: 'two-words' };
const KINDS = {
  executor: { ...KEBAB, folder: (id) => join('packages', 'executors', 'src', id) },
  workflow: { ...KEBAB, folder: (id) => join('packages', 'workflows', 'src', id) },
  rule: {
    form: /^[a-z][a-z0-9]*\.[a-z][a-z0-9]*(_[a-z0-9]+)*$/,
    example: 'service.rule_name',
    folder: (id) => join('policies', 'meshclaw', 'rules', ...id.split('.')),
  },
  tool: { ...KEBAB, folder: (id) => join('packages', 'mcp', 'src', 'tools', id) },
};

/** Answers the exit code: 0, or 2 when it was asked for something it cannot make. */
export function newPlugin(kind, id) {
  if (!Object.hasOwn(KINDS, kind ?? '')) return refuse(`what is new? One of: ${Object.keys(KINDS).join(', ')}`);
  const { form, example, folder: folderOf } = KINDS[kind];
  if (!form.test(id ?? '')) return refuse(`an id of a ${kind} looks like ${example}`);
  const folder = folderOf(id);
  if (existsSync(join(root, folder))) return refuse(`${folder} is there already`);
  cpSync(join(root, 'scripts', 'templates', kind), join(root, folder), { recursive: true });
  fillIn(join(root, folder), spellings(id));
  format(folder);
  process.stdout.write(`${folder} is there; its README.md lists what to fill in. Then run script/generate.\n`);
  return 0;
}

/** The words of the templates and what they become. */
function spellings(id) {
  const [noun, name] = id.includes('.') ? id.split('.') : ['', id];
  const parts = name.split(/[-_]/);
  const sentence = parts.join(' ');
  return [
    ['sample_noun', noun],
    ['sample-name', parts.join('-')],
    ['sample_name', parts.join('_')],
    ['sampleName', parts.map((part, at) => (at === 0 ? part : part[0].toUpperCase() + part.slice(1))).join('')],
    ['Sample name', sentence[0].toUpperCase() + sentence.slice(1)],
  ];
}

function fillIn(folder, words) {
  const replaced = (text) => words.reduce((before, [sample, word]) => before.replaceAll(sample, word), text);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    writeFileSync(path, replaced(readFileSync(path, 'utf8')));
    renameSync(path, join(folder, replaced(name)));
  }
}

/** Ids differ in length, so lines may break elsewhere than in the template. */
function format(folder) {
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  if (existsSync(biome))
    spawnSync(process.execPath, [biome, 'check', '--write', folder], { cwd: root, stdio: 'ignore' });
}

function refuse(why) {
  process.stderr.write(`script/generate new: ${why}\n`);
  return USAGE;
}
