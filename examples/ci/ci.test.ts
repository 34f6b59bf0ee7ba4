/** The steps of the GitHub Action, run as the service runs them. */

import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createShell, type Shell } from './shell.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const RULE = 'policies/rules/file/plain_mode/plain_mode.rego';
let shell: Shell;

beforeEach(async () => {
  shell = await createShell();
  for (const name of ['policies', 'requests.jsonl'])
    await cp(join(here, name), join(shell.folder, name), { recursive: true });
  await writeFile(join(shell.folder, '.gitignore'), 'home\nbase\n');
  const who = '-c user.name=example -c user.email=example@localhost -c init.defaultBranch=main';
  const begun = shell.run(
    `git init -q . && git add -A && git ${who} commit -qm base && git update-ref refs/remotes/origin/main HEAD`,
  );
  expect(begun).toMatchObject({ code: 0 });
});
afterEach(() => shell.remove());

interface Step {
  readonly name?: string;
  readonly run?: string;
}

/** Every step of the file that runs something, but for installing what is built here. */
async function steps(): Promise<readonly Step[]> {
  const { jobs } = parse(await readFile(join(here, 'policy.yml'), 'utf8')) as {
    jobs: { policy: { steps: readonly Step[] } };
  };
  return jobs.policy.steps.filter(({ name, run }) => run !== undefined && name !== 'Install');
}
/** The names of the steps that fail, with what they say. Later steps run as well. */
async function failing(): Promise<Readonly<Record<string, string>>> {
  const ended = (await steps()).map(({ name = '', run = '' }) => ({ name, ...shell.run(run, { BASE: 'main' }) }));
  return Object.fromEntries(
    ended.filter(({ code }) => code !== 0).map(({ name, stdout, stderr }) => [name, stdout + stderr]),
  );
}
const edit = async (from: string, to: string) => {
  const path = join(shell.folder, RULE);
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
};

test('the rules of the example pass every step', { timeout: 180_000 }, async () => {
  expect((await steps()).length).toBeGreaterThanOrEqual(8);
  expect(await failing()).toEqual({});
  const sarif = JSON.parse(await readFile(join(shell.folder, 'lint.sarif'), 'utf8'));
  expect(sarif.runs[0].results).toEqual([]);
  expect(await readFile(join(shell.folder, 'test.xml'), 'utf8')).toContain('tests="3" failures="0"');
  expect(await readFile(join(shell.folder, 'decisions.xml'), 'utf8')).toContain('tests="3" failures="0"');
});

test('a rule that was weakened fails its tests and is named as milder', { timeout: 180_000 }, async () => {
  await writeFile(
    join(shell.folder, 'requests.jsonl'),
    (await readFile(join(shell.folder, 'requests.jsonl'), 'utf8')).replaceAll('0750', '2750'),
  );
  await edit('== 3\n', '>= 3\n');
  const failed = await failing();
  expect(Object.keys(failed)).toEqual(['Test', 'Coverage', 'Nothing becomes milder']);
  expect(failed['Nothing becomes milder']).toContain('milder   agent:codex file.chmod on web1: deny (file.plain_mode)');
});

test('a rule that does not parse fails every step that needs it', { timeout: 180_000 }, async () => {
  await edit('\tnot plain\n', '\tnot )\n');
  const failed = await failing();
  expect(Object.keys(failed)).toEqual([
    'Lint',
    'Test',
    'Coverage',
    'Formatting',
    'Guarantees',
    'Decisions that have to stay allowed',
    'Nothing becomes milder',
  ]);
  for (const [name, said] of Object.entries(failed))
    if (name !== 'Lint') expect(said).toMatch(/plain_mode\.rego:\d+:\d+/);
});

test('the guide names the commands of the Action', async () => {
  const guide = await readFile(join(here, '../../docs/guides/policy-in-ci.md'), 'utf8');
  const named = [...guide.matchAll(/^\| `(meshclaw policy [^`]+)` \|/gm)].map(([, command = '']) => command);
  const typed = (await steps()).map(({ run = '' }) => run).join('\n');
  expect(named).toHaveLength(7);
  for (const command of named) expect(typed).toContain(command);
});
