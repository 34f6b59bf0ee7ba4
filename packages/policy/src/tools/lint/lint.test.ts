import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRego } from '@meshclaw/rego';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPolicyInput } from '../../bundle/policy-input.js';
import { lintPolicies, lintRules, lintWith } from './lint.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshclaw-lint-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (path: string, text: string, mode = 0o600) => {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { mode });
  chmodSync(file, mode);
};
const lint = async () => (await lintPolicies({ ownerFolder: folder }))._unsafeUnwrap();

const ABOUT = `# METADATA
# title: Nights
# description: Nothing is changed at night.
# custom:
#   id: any.nights
#   severity: low
#   message: it is night
#   remediation: wait for the morning
#   enforcement: hard
package meshclaw.rules.any.nights
`;
const BODY = `
import data.meshclaw.lib.reason

deny contains r if {
	not day
	r := reason.because(rego.metadata.chain(), [["context", "now"]])
}

day if startswith(input.context.now, "2026")
`;
const TEST = `package meshclaw.rules.any.nights_test

import data.meshclaw.rules.any.nights

test_fires if count(nights.deny) == 1 with input as {"context": {"now": "1999"}}

test_is_silent if count(nights.deny) == 0 with input as {"context": {"now": "2026"}}

test_fires_without_a_time if count(nights.deny) == 1 with input as {}
`;
const putRule = (text: string, test = TEST) => {
  put('rules/any/nights/nights.rego', text);
  put('rules/any/nights/nights_test.rego', test);
};

describe('a rule as it should be', () => {
  it('has no findings', async () => {
    putRule(ABOUT + BODY);
    expect(await lint()).toEqual([]);
  });
});

const FILE = 'rules/any/nights/nights.rego';
const cases: readonly (readonly [check: string, why: string, text: string, row: number, column: number])[] = [
  ['metadata', 'there is no METADATA', `package meshclaw.rules.any.nights\n${BODY}`, 1, 1],
  ['metadata', 'a text is missing', ABOUT.replace('#   remediation: wait for the morning\n', '') + BODY, 1, 1],
  ['metadata', 'the severity is unknown', ABOUT.replace('severity: low', 'severity: awful') + BODY, 1, 1],
  ['static-text', 'a message has a placeholder', ABOUT.replace('it is night', 'it is %s') + BODY, 1, 1],
  [
    'id-matches-folder',
    'the id is that of another rule',
    ABOUT.replace('id: any.nights', 'id: any.freeze') + BODY,
    1,
    1,
  ],
  ['id-matches-folder', 'the package is not the folder', (ABOUT + BODY).replaceAll('.nights\n', '.dusk\n'), 1, 1],
  ['banned-builtin', 'a built-in can fail', `${ABOUT}${BODY}\nlate if to_number(input.context.now) > 5\n`, 21, 9],
  [
    'banned-builtin',
    'a pattern comes from the request',
    `${ABOUT}${BODY}\nlate if regex.match(input.context.now, "x")\n`,
    21,
    9,
  ],
  ['negated-input', 'the request is negated', ABOUT + BODY.replace('not day', 'not input.context.freeze'), 15, 2],
  [
    'negated-input',
    'the request is negated within a call',
    ABOUT + BODY.replace('not day', 'not startswith(input.context.now, "x")'),
    15,
    2,
  ],
  [
    'reason-from-metadata',
    'a reason is made by hand',
    `${ABOUT}\ndeny contains {"message": "no"} if input.context.freeze\n`,
    12,
    1,
  ],
  ['known-input', 'a path is misspelt', ABOUT + BODY.replace('input.context.now', 'input.contxt.now'), 19, 19],
  ['known-input', 'a fact is misspelt', ABOUT + BODY.replace('["context", "now"]', '["context", "nwo"]'), 16, 46],
  ['known-parameter', 'a parameter does not exist', `${ABOUT}${BODY}\nlate if data.meshclaw.parameters.night\n`, 21, 9],
  ['compiles', 'an argument is not used', `${ABOUT}${BODY}\nlate(a, b) if a == 1\n`, 21, 1],
  ['own-package', 'a module defines a guard', (ABOUT + BODY).replace('.rules.any.nights', '.guards.any.freeze'), 10, 1],
  [
    'own-package',
    'a module defines a shipped rule',
    (ABOUT + BODY).replace('any.nights\n\n', 'any.production\n\n'),
    10,
    1,
  ],
  ['own-package', 'a module is elsewhere', `${ABOUT}${BODY}`.replace('meshclaw.rules.any.nights', 'elsewhere'), 10, 1],
  ['compiles', 'a variable is not used', ABOUT + BODY.replace('not day', 'not day\n\tx := 1'), 16, 2],
  ['compiles', 'a built-in does not exist for the evaluator', `${ABOUT}${BODY}\nlate if time.now_ns() > 5\n`, 21, 9],
  ['compiles', 'it does not parse', `${ABOUT}\ndeny contains r if {\n\tr ==\n}\n`, 14, 1],
  ['formatted', 'it is not formatted', ABOUT + BODY.replace('\tnot day', '    not day'), 15, 1],
];

describe('a finding', () => {
  it.each(cases)('of %s says where: %s', async (check, _, text, row, column) => {
    putRule(text);
    expect(await lint()).toContainEqual(
      expect.objectContaining({
        rule: check,
        level: expect.stringMatching(/error|warning/),
        file: join(folder, FILE),
        row,
        column,
      }),
    );
  });

  it.each([
    ['there is no test', undefined],
    ['there are too few', TEST.slice(0, TEST.indexOf('test_is_silent'))],
  ])('of tested says that %s', async (_, test) => {
    put(FILE, ABOUT + BODY);
    if (test !== undefined) put('rules/any/nights/nights_test.rego', test);
    expect((await lint()).map(({ rule }) => rule)).toContain('tested');
  });

  it('is only a note where it is no mistake', async () => {
    const loosening = (ABOUT + BODY)
      .replace('deny contains', 'auto_safe contains')
      .replaceAll('any.nights', 'sauna.nights');
    put('rules/sauna/nights/nights.rego', loosening);
    put(
      'rules/sauna/nights/nights_test.rego',
      TEST.replaceAll('any.nights', 'sauna.nights').replaceAll('.deny', '.auto_safe'),
    );
    const found = await lint();
    expect(found.map(({ rule, level }) => [rule, level])).toEqual([
      ['known-noun', 'note'],
      ['loosens', 'note'],
    ]);
  });

  it('names a parameter that changes nothing, with its line', async () => {
    put('parameters.yaml', 'protected_roots: [/srv/db]\nchanges_per_hour: 10\n');
    expect(await lint()).toMatchObject([{ rule: 'unread-parameter', row: 2, file: join(folder, 'parameters.yaml') }]);
  });
});

describe('what cannot be linted is an error, never nothing found', () => {
  it('for a folder without policy', async () => {
    expect((await lintPolicies({ ownerFolder: folder }))._unsafeUnwrapErr().kind).toBe('policy.no_sources');
    expect((await lintPolicies({ ownerFolder: join(folder, 'none') }))._unsafeUnwrapErr().kind).toBe(
      'policy.no_sources',
    );
  });

  it('for files that others may write to', async () => {
    put(FILE, ABOUT + BODY, 0o666);
    expect((await lintPolicies({ ownerFolder: folder }))._unsafeUnwrapErr().kind).toBe('policy.unsafe_permissions');
  });

  it('for a looser parameter', async () => {
    put('parameters.yaml', 'changes_per_hour: 99\n');
    expect((await lintPolicies({ ownerFolder: folder }))._unsafeUnwrapErr()).toMatchObject({
      kind: 'policy.looser_parameter',
      diagnostics: [{ file: join(folder, 'parameters.yaml'), row: 1, column: 1 }],
    });
  });
});

describe('the shipped policy', () => {
  const rego = createRego();
  afterAll(() => rego.close());

  it('has no findings but notes', async () => {
    const root = fileURLToPath(new URL('../../../../../policies/', import.meta.url));
    const files = readdirSync(`${root}meshclaw`, { recursive: true })
      .map((path) => `meshclaw/${String(path)}`)
      .filter((path) => path.endsWith('.rego'))
      .map((path) => ({ path, text: readFileSync(root + path, 'utf8') }));
    const tests = files.filter(({ path }) => path.endsWith('_test.rego'));
    const modules = files.filter(({ path }) => !path.endsWith('_test.rego'));
    const input = readPolicyInput({})._unsafeUnwrap();
    const read = { ...input, compile: { ...input.compile, modules } };
    const found = (await lintWith(rego, read, modules, tests))._unsafeUnwrap();
    expect(found.filter(({ level }) => level !== 'note')).toEqual([]);
  });
});

it('every check that finds something is described', () => {
  expect(lintRules().map(({ id }) => id)).toEqual(expect.arrayContaining([...new Set(cases.map(([check]) => check))]));
});
