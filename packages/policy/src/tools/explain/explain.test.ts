import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, createOwnerFolder, NO_CI, type OwnerFolder, ruleText } from '../../_testing/owner-folder.js';
import { expressionText } from './clauses.js';
import type { Explanation } from './explanation.js';
import { createPolicyTools, type Explainer } from './policy-tools.js';

const TWO_WAYS = ruleText(
  'hours',
  `deny contains r if {
	input.action.name == "file.chmod"
	some tag in input.resource.properties.tags
	tag == "night"
	r := reason.because(rego.metadata.chain(), [["resource", "properties", "tags"]])
}

deny contains r if {
	input.resource.properties.role == "vault" # kept by itself
	r := reason.because(rego.metadata.chain(), [["resource", "properties", "role"]])
}`,
);

let owner: OwnerFolder;
let tools: Explainer;
beforeAll(async () => {
  owner = createOwnerFolder();
  owner.put('rules/any/no_ci/no_ci.rego', NO_CI);
  owner.put('rules/any/hours/hours.rego', TWO_WAYS);
  tools = (await createPolicyTools({ ownerFolder: owner.folder }))._unsafeUnwrap();
});
afterAll(() => owner.remove());

const chmod = (about = {}, part = {}) =>
  ask('file.chmod', 'write', { properties: { path: '/srv/a', mode: '0640' }, about, ...part });
const explain = async (request: ReturnType<typeof ask>): Promise<Explanation> =>
  (await tools.explanation(request))._unsafeUnwrap();

describe('an explanation', () => {
  it('names what answered, with its conditions, their places and what they saw', async () => {
    const { decision, answered } = await explain(chmod({}, { freeze: true }));
    expect(decision.effect).toBe('deny');
    expect(answered[0]).toMatchObject({
      rule: 'any.freeze',
      kind: 'guard',
      effect: 'deny',
      held: [
        { text: 'not reading', saw: { 'action.class': 'write' } },
        { text: 'not thawed', saw: { 'context.freeze': true }, file: expect.stringMatching(/freeze\.rego$/), row: 16 },
      ],
    });
  });

  it('names the one condition by which a rule did not answer, and what was missing', async () => {
    const { nearMisses } = await explain(chmod());
    expect(nearMisses).toContainEqual(
      expect.objectContaining({
        rule: 'any.hours',
        effect: 'deny',
        file: `${owner.folder}/rules/any/hours/hours.rego`,
        row: 21,
        failed: expect.objectContaining({
          text: 'input.resource.properties.role == "vault"',
          missing: ['resource.properties.role'],
          row: 22,
        }),
      }),
    );
    expect(nearMisses.map(({ rule }) => rule)).toContain('any.no_ci');
  });

  it('tells the clauses of one rule apart, also where a condition binds what another needs', async () => {
    const near = await explain(chmod({ tags: ['day'] }));
    expect(near.nearMisses.filter(({ rule }) => rule === 'any.hours')).toMatchObject([
      { row: 14, failed: { text: 'tag == "night"', row: 17 } },
      { row: 21, failed: { row: 22 } },
    ]);
    const fired = await explain(chmod({ tags: ['night'] }));
    expect(fired.answered[0]).toMatchObject({ rule: 'any.hours', row: 14 });
    expect(fired.nearMisses.filter(({ rule }) => rule === 'any.hours')).toMatchObject([{ row: 21 }]);
  });

  it('leaves out a rule that two conditions keep from answering', async () => {
    const { nearMisses } = await explain(ask('host.facts', 'read'));
    expect(nearMisses.map(({ rule }) => rule)).not.toContain('any.production');
  });

  it('says which single value would lead to another effect, and by which rules', async () => {
    const { changes } = await explain(chmod({}, { freeze: true }));
    expect(changes).toContainEqual({
      path: 'context.freeze',
      from: true,
      to: false,
      effect: 'approval_required',
      rules: ['authz.class_default'],
    });
    const stricter = (await explain(chmod())).changes;
    expect(stricter).toContainEqual(expect.objectContaining({ path: 'subject.type', to: 'ci', effect: 'deny' }));
    expect(stricter).toContainEqual(
      expect.objectContaining({ path: 'context.freeze', to: true, rules: ['any.freeze'] }),
    );
    expect(stricter.every(({ effect }) => effect !== 'approval_required')).toBe(true);
  });

  it('has every step of the interpreter, with places and values', async () => {
    const { trace, traceDropped } = await explain(chmod());
    expect(traceDropped).toBe(0);
    expect(trace).toContainEqual(
      expect.objectContaining({ op: 'eval', text: 'input.action.name', values: { 'input.action.name': 'file.chmod' } }),
    );
    expect(trace.some(({ place }) => place?.startsWith(`${owner.folder}/rules/any/`))).toBe(true);
  });

  it('explains a command, whose class policy states by itself', async () => {
    const { decision, answered } = await explain(ask('command.run', 'judged', { argv: ['mkfs.ext4', '/dev/sda'] }));
    expect(decision.effect).toBe('deny');
    expect(answered.map(({ rule }) => rule)).toContain('command.catastrophic');
  });

  it('of a request that nobody can read is its denial', async () => {
    const { decision, answered } = await explain(ask('file.chmod\ud800', 'write'));
    expect([decision.effect, decision.reasons[0]?.rule, answered]).toEqual(['deny', 'policy.invalid_request', []]);
  });

  it('comes through the port as plain data', async () => {
    const told = (await tools.explain(chmod()))._unsafeUnwrap();
    expect(JSON.parse(JSON.stringify(told))).toEqual(told);
    expect(told).toHaveProperty('nearMisses');
  });
});

describe('the text of an expression', () => {
  it.each([
    ['x == 1\n', 'x == 1'],
    ['x == "a;b#c" # why\n', 'x == "a;b#c"'],
    ['x; y', 'x'],
    ['count(\n\ty,\n) > 0\nz', 'count(\n\ty,\n) > 0'],
    ['f with input as {}\n\twith data.x as 1\nz', 'f with input as {}\n\twith data.x as 1'],
    ['x }', 'x'],
    ['regex.match(`^"#`, x)\n', 'regex.match(`^"#`, x)'],
  ])('ends where it ends: %j', (text, expected) => {
    expect(expressionText(text, 0)).toBe(expected);
  });
});
