import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestCli, type TestCli } from '../_testing/cli.js';

// Each command compiles rules in a process of its own, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 120_000 });

let cli: TestCli;
beforeEach(async () => {
  cli = await createTestCli();
  await cli.run(['init']);
});
afterEach(() => cli.remove());

const put = async (path: string, text: string, mode = 0o600): Promise<string> => {
  const file = join(cli.home, 'policies', path);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
};
const ABOUT = `# METADATA
# title: Nights
# custom:
#   id: any.nights
#   severity: low
#   message: it is night
#   remediation: wait
package meshclaw.rules.any.nights
`;
const RULE = 'rules/any/nights/nights.rego';

const REFUSED: readonly (readonly [
  why: string,
  file: string,
  text: string,
  row: number,
  column: number,
  kind: string,
])[] = [
  ['does not parse', RULE, `${ABOUT}\ndeny contains r if {\n\tr ==\n}\n`, 12, 1, 'policy.invalid_source'],
  [
    'gives one name to a set and a value',
    RULE,
    `${ABOUT}\ndeny contains 1\n\ndeny := true\n`,
    12,
    1,
    'policy.invalid_source',
  ],
  [
    'has two values for one rule',
    RULE,
    `${ABOUT}\ndeny contains 1 if x == 1\n\nx := 1\n\nx := 2 if input.action.class == "write"\n`,
    14,
    1,
    'policy.failed_self_test',
  ],
  ['is in an unknown package', RULE, 'package elsewhere\n\nallow := true\n', 1, 1, 'policy.forbidden_package'],
  [
    'uses the network',
    RULE,
    `${ABOUT}\ndeny contains 1 if http.send({}).status == 200\n`,
    10,
    20,
    'policy.invalid_source',
  ],
  ['uses a clock', RULE, `${ABOUT}\ndeny contains 1 if time.now_ns() > 0\n`, 10, 20, 'policy.invalid_source'],
  ['defines a guard', RULE, 'package meshclaw.guards.any.freeze\n\nthawed := true\n', 1, 1, 'policy.forbidden_package'],
  [
    'defines the combiner',
    RULE,
    'package meshclaw.authz\n\neffect := "read_state"\n',
    1,
    1,
    'policy.forbidden_package',
  ],
  [
    'says nothing about itself',
    RULE,
    'package meshclaw.rules.any.nights\n\ndeny contains 1\n',
    1,
    1,
    'policy.invalid_source',
  ],
  ['loosens a parameter', 'parameters.yaml', '# mine\nchanges_per_hour: 99\n', 2, 1, 'policy.looser_parameter'],
  ['sets a parameter that is none', 'parameters.yaml', 'changes: 99\n', 1, 1, 'policy.invalid_source'],
];

describe('a policy that cannot be used denies everything, and every face says where it is wrong', () => {
  test.each(REFUSED)('one that %s', async (_, path, text, row, column, kind) => {
    const file = await put(path, text);
    const { code, stdout, stderr } = await cli.run(['status']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${file}:${row}:${column}`);
    expect(stderr).toContain(kind);
  });

  test.each([
    ['policy-check', 'codex', 'read_state', 'localhost'],
    ['perform', 'host.facts', 'localhost'],
    ['policy', 'verify'],
    ['policy', 'can', 'codex'],
    ['policy', 'explain', 'codex', 'read_state', 'localhost'],
    ['policy', 'test'],
    ['policy', 'lint'],
  ])('at %s %s', async (...words) => {
    const file = await put('parameters.yaml', '# mine\nchanges_per_hour: 99\n');
    const { code, stdout, stderr } = await cli.run(words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${file}:2:1`);
  });

  test('one that others may write to', async () => {
    const file = await put(RULE, ABOUT, 0o666);
    for (const words of [
      ['status'],
      ['policy', 'test'],
      ['policy', 'lint'],
      ['policy', 'verify'],
      ['policy', 'fmt', '--write'],
    ]) {
      const { code, stdout, stderr } = await cli.run(words);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(file);
      expect(stderr).toContain('others may write to it');
    }
  });

  test('in JSON, too', async () => {
    await put('parameters.yaml', 'changes_per_hour: 99\n');
    const { code, stdout } = await cli.run(['status', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({ kind: 'meshclaw.policy_unavailable' });
  });
});

test('rules that can make an answer milder are told by status and kept in the ledger', async () => {
  const body = `
import data.meshclaw.lib.reason

auto_safe contains r if {
	input.resource.id == "sandbox"
	r := reason.because(rego.metadata.chain(), [["resource", "id"]])
}
`;
  await put(RULE, ABOUT + body);
  const { code, stderr } = await cli.run(['status']);
  expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining('any.nights')]);
  const listed = await cli.run(['evidence', 'list', '--type', 'policy.loaded', '--json']);
  expect(JSON.parse(listed.stdout).records).toMatchObject([{ body: { loosened: ['any.nights'] } }]);
});
