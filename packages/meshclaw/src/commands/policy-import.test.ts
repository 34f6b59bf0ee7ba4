import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestCli, type TestCli } from '../_testing/cli.js';

// Each command compiles rules in a process of its own, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 120_000 });

let cli: TestCli;
beforeEach(async () => {
  cli = await createTestCli();
});
afterEach(() => cli.remove());

/** As `meshclaw policy-init` of the Go edition wrote it, shortened, with rules of an owner behind. */
const RULES = [
  { id: 'deny-secret-reveal', action: 'reveal_secret', decision: 'deny', reason: 'secrets are handles', mask: true },
  {
    id: 'deny-shadow-read',
    action: 'run_command',
    resource: 'server',
    context: '/etc/hosts',
    decision: 'deny',
    reason: 'no hosts',
  },
  { id: 'local-llm-allow-doctor', subject: 'local-llm', action: 'doctor', resource: '*', decision: 'allow' },
  { id: 'local-llm-gate', subject: 'local-llm', action: '*', decision: 'require_approval', reason: 'local models ask' },
  { id: 'codex-runs', subject: 'codex', action: 'run_command', decision: 'allow' },
];
const write = (name: string, rules: unknown) =>
  writeFile(cli.path(name), JSON.stringify({ version: '1', rules }, null, 1), { mode: 0o600 });
const load = (name: string, ...words: string[]) => cli.run(['policy', 'import', name, ...words]);
const asked = async (...words: string[]) => {
  const { code, stdout, stderr } = await cli.run(['policy-check', ...words, '--json']);
  expect(stderr, words.join(' ')).toBe('');
  const { effect, reasons } = JSON.parse(stdout);
  return { code, effect, said: reasons.map(({ message }: { message: string }) => message) };
};
const RUN = (...argv: string[]) => ['run_command', 'localhost', '--input', JSON.stringify({ argv })];

describe('the policy.json of the Go edition', () => {
  test('denies and asks as it did, in its words, and loosens nothing', async () => {
    await cli.run(['init']);
    await write('policy.json', RULES);
    const done = await load('policy.json', '--json');
    expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('policy show')]);
    const { rules, files } = JSON.parse(done.stdout);
    expect(rules.map(({ became }: { became: string }) => became)).toEqual([
      'rule',
      'rule',
      'base',
      'rule',
      'not_taken',
    ]);
    expect(files).toHaveLength(6);
    expect(await asked('codex', ...RUN('cat', '/etc/hosts'))).toMatchObject({ code: 3, said: ['no hosts'] });
    expect(await asked('codex', ...RUN('cat', '/etc/hostname'))).toMatchObject({ effect: 'read_state' });
    expect(await asked('codex', 'reveal_secret', 'localhost')).toMatchObject({
      code: 3,
      said: ['secrets are handles'],
    });
    expect(await asked('local-llm', ...RUN('uptime'))).toMatchObject({ code: 4, said: ['local models ask'] });
    expect(await asked('local-llm', 'host.facts', 'localhost')).toMatchObject({ effect: 'read_state' });
    expect(await asked('codex', ...RUN('touch', '/srv/a'))).toMatchObject({ effect: 'approval_required' });
  });

  test('becomes rules that pass every check of rules', async () => {
    await write('policy.json', RULES);
    expect((await load('policy.json')).code).toBe(0);
    const checks = ['test', 'coverage', 'lint', 'fmt'].map((name) => cli.run(['policy', name]));
    expect((await Promise.all(checks)).map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  });

  test('is written whole or not at all', async () => {
    await write('wrong.json', [...RULES, { id: 'x', decision: 'permit' }]);
    const refused = await load('wrong.json');
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/wrong\.json:\d+:\d+ rules\.5\.decision/);
    expect(existsSync(join(cli.home, 'policies', 'rules'))).toBe(false);
    const mine = join(cli.home, 'policies/rules/any/imported_local_llm_gate/notes.txt');
    await mkdir(join(mine, '..'), { recursive: true });
    await writeFile(mine, 'mine');
    await write('policy.json', RULES);
    const there = await load('policy.json');
    expect([there.code, there.stdout]).toEqual([2, '']);
    expect(there.stderr).toContain('it is there already');
    expect(readdirSync(join(cli.home, 'policies/rules'))).toEqual(['any']);
    expect(readdirSync(join(cli.home, 'policies/rules/any'))).toEqual(['imported_local_llm_gate']);
    expect(await readFile(mine, 'utf8')).toBe('mine');
    expect(readdirSync(cli.home).filter((name) => name.includes('adding'))).toEqual([]);
  });

  test('says with its exit code that something stricter has nothing here that corresponds to it', async () => {
    await write('policy.json', [{ id: 'no-calls', action: 'signal_call', decision: 'deny' }]);
    const done = await load('policy.json');
    expect([done.code, done.stdout]).toEqual([1, expect.stringContaining('NOT REPRODUCED')]);
    expect((await load('missing.json')).code).toBe(2);
  });
});

test('a rule in shadow is on record as what would have been, and stops nothing', async () => {
  await cli.run(['init']);
  await cli.run(['policy', 'new', 'rule', 'file.nights', '--folder', join(cli.home, 'policies')]);
  const path = join(cli.home, 'policies/rules/file/nights/nights.rego');
  const text = await readFile(path, 'utf8');
  const body =
    'deny contains r if {\n\tinput.action.name == "file.stat"\n\tr := reason.because(rego.metadata.chain(), [])\n}\n';
  const head = text.slice(0, text.indexOf('import ')).replace('enforcement: hard', 'enforcement: shadow');
  expect(head).toContain('enforcement: shadow');
  await writeFile(path, `${head}import data.meshclaw.lib.reason\n\n${body}`);
  const words = ['policy-check', 'codex', 'file.stat', 'localhost', 'path=/srv/a'];
  const told = await cli.run(words);
  expect([told.code, told.stdout]).toEqual([0, expect.stringMatching(/^read_state\n[\s\S]*would have been deny/)]);
  const listed = await cli.run(['evidence', 'list', '--type', 'decision.made', '--json']);
  expect(JSON.parse(listed.stdout).records).toMatchObject([
    {
      body: {
        effect: 'read_state',
        decision: { effect: 'read_state', would_have: { effect: 'deny', reasons: [{ rule: 'file.nights' }] } },
      },
    },
  ]);
});
