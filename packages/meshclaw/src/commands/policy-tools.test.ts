import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
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

const RULE = 'rules/file/nights/nights.rego';
const policy = (...words: string[]) => cli.run(['policy', ...words]);
/** A folder with a rule as `policy new rule` makes it; paths are relative to where commands run. */
const newRule = () => policy('new', 'rule', 'file.nights', '--folder', 'mine');
const edit = async (path: string, from: string, to: string) => {
  const file = cli.path(join('mine', path));
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
};

describe('a new rule', () => {
  test('passes every check as it is made, and is not made twice', async () => {
    const made = await newRule();
    expect([made.code, made.stdout]).toEqual([0, `mine/${RULE}\nmine/rules/file/nights/nights_test.rego\n`]);
    const checks = ['test', 'coverage', 'lint', 'fmt'].map((name) => policy(name, 'mine'));
    expect((await Promise.all(checks)).map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(await newRule()).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('EEXIST') });
    expect((await policy('new', 'rule', 'Nights')).code).toBe(2);
  });

  test('that is wrong is found by the command that is for it, with its place', async () => {
    await newRule();
    await edit(RULE, 'input.action.properties.amount < 10', 'input.action.properties.amount < 11');
    await edit(RULE, '\tnot small_amount', '    not small_amount');
    const [tested, linted, formatted] = await Promise.all([
      policy('test', 'mine', '--format', 'junit'),
      policy('lint', 'mine', '--format', 'sarif'),
      policy('fmt', 'mine'),
    ]);
    expect(tested.code).toBe(1);
    expect(tested.stdout).toContain('<testsuites name="meshclaw policy test" tests="3" failures="1"');
    expect(tested.stdout).toMatch(
      /<failure message="the test failed">mine\/rules\/file\/nights\/nights\.rego:16:5 was not so: not small_amount/,
    );
    expect(linted.code).toBe(1);
    const [run] = JSON.parse(linted.stdout).runs;
    expect(run.results).toMatchObject([
      {
        ruleId: 'formatted',
        level: 'error',
        locations: [{ physicalLocation: { artifactLocation: { uri: `mine/${RULE}` }, region: { startLine: 16 } } }],
      },
    ]);
    expect([formatted.code, formatted.stdout]).toEqual([1, `mine/${RULE}\n`]);
    const { mode } = await stat(cli.path(`mine/${RULE}`));
    expect((await policy('fmt', 'mine', '--write')).code).toBe(0);
    expect((await policy('fmt', 'mine', '--check')).code).toBe(0);
    expect((await stat(cli.path(`mine/${RULE}`))).mode).toBe(mode);
  });

  test('with a line that no test reaches is not covered, unless less is enough', async () => {
    await newRule();
    await appendFile(cli.path(`mine/${RULE}`), '\nunreached if input.context.now == "never"\n');
    const covered = await policy('coverage', 'mine');
    expect(covered.code).toBe(1);
    expect(covered.stdout).toMatch(/nights\.rego:\d+:1 no test reaches this/);
    expect((await policy('coverage', 'mine', '--min', '50')).code).toBe(0);
    expect((await policy('coverage', 'mine', '--min', 'half')).code).toBe(2);
  });
});

test('nothing to look at is never a pass', async () => {
  const ended = await Promise.all(
    ['test', 'coverage', 'lint', 'fmt'].flatMap((name) => [policy(name), policy(name, 'missing')]),
  );
  expect(ended.map(({ code, stdout }) => [code, stdout])).toEqual(ended.map(() => [2, '']));
});

const request = (id: string, name: string, actionClass: string, properties = {}) => ({
  request_id: id,
  subject: { type: 'ci', id: 'pipeline' },
  action: { name, class: actionClass, properties },
  resource: { type: 'server', id: 'web1', properties: {}, facts: {} },
  context: {
    now: '2026-01-01T00:00:00.000Z',
    mode: 'check',
    surface: 'ci',
    freeze: false,
    exposed: false,
    recent: { [name]: 0 },
  },
});
const CHANGE = JSON.stringify(request('change', 'file.chmod', 'write', { path: '/srv/a', mode: '0640' }));
const WIPE = JSON.stringify(request('wipe', 'disk.wipe', 'write'));

test('policy check reports as JUnit and SARIF what is at or over --fail-on, at its line', async () => {
  const stdin = `${CHANGE}\n\n${WIPE}\n`;
  const check = (...more: string[]) => cli.run(['policy', 'check', '--requests', '-', ...more], { stdin });
  const [junit, sarif, both] = await Promise.all([
    check('--format', 'junit'),
    check('--format', 'sarif', '--fail-on', 'approval_required'),
    check('--format', 'junit', '--json'),
  ]);
  expect([junit.code, sarif.code, both.code]).toEqual([1, 1, 2]);
  expect(junit.stdout).toContain('tests="2" failures="1"');
  expect(junit.stdout).toContain('name="change: approval_required" file="stdin" line="1"');
  const results: { ruleId: string; level: string; locations: { physicalLocation: { region: object } }[] }[] =
    JSON.parse(sarif.stdout).runs[0].results;
  const told = results.map(({ ruleId, level, locations: [at] }) => [ruleId, level, at?.physicalLocation.region]);
  expect(told).toContainEqual(['any.autoheal', 'warning', { startLine: 1, startColumn: 1 }]);
  expect(told).toContainEqual(['authz.unmatched', 'error', { startLine: 3, startColumn: 1 }]);
});

describe('decisions', () => {
  test('are explained in words, from a file and from the ledger, alike', async () => {
    await cli.run(['init']);
    const words = ['policy', 'explain', 'codex', 'file.chmod', 'localhost', 'path=/srv/a', 'mode=0666'];
    const told = await cli.run(words);
    expect([told.code, told.stdout]).toEqual([0, expect.stringMatching(/^deny\n {2}file\.no_world_write/)]);
    expect(told.stdout).toContain(
      'held: not closed_to_others   meshclaw/rules/file/no_world_write/no_world_write.rego:',
    );
    expect(told.stdout).toMatch(/what nearly did.*\n {2}deny {2}any\.freeze \(guard\)\n {4}not so: not thawed/);
    const listed = await cli.run(['evidence', 'list', '--type', 'decision.made', '--json']);
    const [record] = JSON.parse(listed.stdout).records;
    const again = await cli.run(['policy', 'explain', '--record', String(record.index), '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({
      decision: { effect: 'deny' },
      answered: [{ rule: 'file.no_world_write' }],
    });
    const file = await cli.run(['policy', 'explain', '--request', '-', '--trace'], { stdin: CHANGE });
    expect(file.stdout).toMatch(/^approval_required\n/);
    expect(file.stdout).toMatch(/trace:\n {2}enter decision := data\.meshclaw\.authz\.decision/);
    const none = await Promise.all([
      policy('explain'),
      policy('explain', '--record', '9999'),
      policy('explain', 'codex'),
    ]);
    expect(none.map(({ code }) => code)).toEqual([2, 2, 2]);
  });

  test('of the past are replayed against rules of tomorrow', async () => {
    await cli.run(['init']);
    await cli.run('policy-check ci:pipeline file.chmod localhost path=/srv/a mode=0640'.split(' '));
    await cli.run('policy-check codex file.stat localhost path=/srv/a'.split(' '));
    await cli.run(['evidence', 'export', 'past.jsonl']);
    const same = await policy('replay', '--ledger', 'past.jsonl');
    expect([same.code, same.stdout, same.stderr]).toEqual([0, '', '2 asked, 0 would be milder, 0 stricter\n']);
    await newRule();
    await edit(RULE, 'input.action.name == "file.nights_example"', 'input.action.class != "read"');
    await edit(RULE, 'approval_required contains r if', 'deny contains r if');
    const flipped = await policy('replay', '--ledger', 'past.jsonl', '--against', 'mine', '--json');
    expect(flipped.code).toBe(1);
    expect(JSON.parse(flipped.stdout)).toMatchObject({
      decisions: 2,
      flips: [{ operation: 'file.chmod', milder: false, after: { effect: 'deny', rules: ['file.nights'] } }],
    });
    const bad = await Promise.all([
      policy('replay'),
      policy('replay', '--ledger', `mine/${RULE}`),
      policy('replay', '--ledger', 'none'),
    ]);
    expect(bad.map(({ code, stdout }) => [code, stdout])).toEqual([
      [2, ''],
      [2, ''],
      [2, ''],
    ]);
  });

  test('of two policies differ by direction, over a set or over your requests', async () => {
    await writeFile(cli.path('requests.jsonl'), `${CHANGE}\n`);
    const [stricter, milder, tolerated, broken] = await Promise.all([
      policy('diff', 'pack:homelab', 'pack:read-only', '--requests', 'requests.jsonl'),
      policy('diff', 'pack:read-only', 'pack:homelab', '--fail-on', 'milder'),
      policy('diff', 'pack:homelab', 'pack:production', '--fail-on', 'milder'),
      cli.run(['policy', 'diff', 'pack:homelab', 'pack:production', '--requests', '-'], { stdin: `${CHANGE}\n{}\n` }),
    ]);
    expect(stricter.stdout).toMatch(
      /^stricter ci:pipeline file\.chmod on web1: approval_required .* → deny \(any\.read_only\)/,
    );
    expect([stricter.code, milder.code, tolerated.code, broken.code]).toEqual([1, 1, 0, 2]);
    expect(broken.stderr).toContain('-:2:1');
  });
});

test('can tells what a subject reaches on which server', async () => {
  await cli.run(['init']);
  const inventory =
    'servers:\n  - { name: db1, environment: production, reach: [{ executor: local }] }\n  - { name: sand1, reach: [{ executor: local }] }\n';
  await writeFile(join(cli.home, 'inventory.yaml'), inventory, { mode: 0o600 });
  const { code, stdout } = await policy('can', 'codex');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^file\.chmod +write +with an approval +db1 +any\.production$/m);
  expect(stdout).toMatch(/^file\.chmod +write +with an approval +sand1 +authz\.class_default$/m);
  await cli.run(['freeze', '--reason', 'test']);
  expect((await policy('can', 'human:dana')).stdout).toMatch(/^file\.chmod +write +never +every server +any\.freeze$/m);
});

test('verify tells guarantees that hold from those that could not be tried', async () => {
  const [whole, partial] = await Promise.all([
    policy('verify'),
    policy('verify', '--pack', 'read-only', '--format', 'junit'),
  ]);
  expect([whole.code, whole.stderr]).toEqual([
    0,
    expect.stringMatching(/^(\d+) of \1 guarantees hold, 0 are broken, 0 could/),
  ]);
  expect(partial.code).toBe(6);
  expect(partial.stdout).toContain('<failure message="not_applicable">');
});

test('packs, rules and types are shown', async () => {
  const [packs, one, rule, all, unknown] = await Promise.all([
    policy('packs'),
    policy('packs', 'production'),
    policy('show', 'any.freeze'),
    policy('show', '--json'),
    policy('show', 'any.freez'),
  ]);
  expect(packs.stdout).toContain('read-only\n  Looking only');
  expect(one.stdout).toMatch(/^changes_per_hour +lower +3$/m);
  expect(rule.stdout).toContain('package meshclaw.guards.any.freeze');
  expect(JSON.parse(all.stdout).rules).toContainEqual(
    expect.objectContaining({ id: 'any.rate_limit', parameters: ['changes_per_hour', 'changes_per_hour_of'] }),
  );
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean "any.freeze"?')]);
  expect((await policy('types', 'types')).code).toBe(0);
  const declared = await readFile(cli.path('types/decision.d.ts'), 'utf8');
  expect(declared).toContain('export interface PolicyDecision');
  expect((await policy('types')).stdout).toContain(`== decision.d.ts\n${declared}`);
  expect(Object.keys(JSON.parse((await policy('types', '--json')).stdout)).sort()).toEqual([
    'decision.d.ts',
    'decision.json',
    'request.d.ts',
    'request.json',
  ]);
});
