import { describe, expect, it } from 'vitest';
import { importPolicyJson } from './import-policy-json.js';

/** The shape of the file of the Go edition, as its devops preset writes it. */
const file = (...rules: object[]) => JSON.stringify({ version: '1', rules }, null, 2);
const imported = async (...rules: object[]) => (await importPolicyJson(file(...rules), 'policy.json'))._unsafeUnwrap();
const DENY = {
  id: 'deny-shadow-read',
  subject: '*',
  action: 'run_command',
  resource: 'server',
  context: '/etc/shadow',
};

describe('a rule of a policy.json', () => {
  it('keeps its id, its effect and its words', async () => {
    const { rules, files } = await imported({ ...DENY, decision: 'deny', reason: 'stays "here"', mask: true });
    expect(rules).toEqual([
      { id: 'command.imported_deny_shadow_read', row: 4, became: 'rule', effect: 'deny', notes: [] },
    ]);
    const text = files['rules/command/imported_deny_shadow_read/imported_deny_shadow_read.rego'];
    expect(text).toContain('#   message: "stays \\"here\\""');
    expect(text).toContain('deny contains r if {');
    expect(Object.keys(files)).toHaveLength(2);
  });

  it.each([
    [{ action: 'read_state', decision: 'allow' }, 'base', null],
    [{ action: 'run_command', decision: 'allow' }, 'not_taken', null],
    [{ action: '*', decision: 'allow' }, 'not_taken', null],
    [{ action: 'signal_call', decision: 'allow' }, 'not_taken', null],
    [{ action: 'signal_call', decision: 'deny' }, 'not_reproduced', 'deny'],
    [{ action: 'email_send', decision: 'require_approval' }, 'not_reproduced', 'approval_required'],
  ])(
    'that would loosen, or that nothing corresponds to, is listed and not written: %j',
    async (rule, became, effect) => {
      const { rules, files } = await imported(rule);
      expect(rules).toMatchObject([{ became, effect, notes: [expect.any(String)] }]);
      expect(files).toEqual({});
    },
  );

  it.each([
    ['restart_service', 'service.imported_rule_1'],
    ['Service.Restart', 'service.imported_rule_1'],
    ['service-remove', 'service.imported_rule_1'],
    ['delete_data', 'any.imported_rule_1'],
    ['reveal-secret', 'any.imported_rule_1'],
    ['disk_investigate', 'disk.imported_rule_1'],
    ['doctor', 'any.imported_rule_1'],
    ['*', 'any.imported_rule_1'],
  ])('about %s becomes one of the noun that it is about', async (action, id) => {
    expect((await imported({ action, decision: 'deny' })).rules).toMatchObject([{ id, became: 'rule' }]);
  });

  it('lets pass what an earlier and milder one surely covered, and nothing that another one did', async () => {
    const gate = { id: 'gate', subject: 'local-llm', decision: 'require_approval' };
    const { files } = await imported(
      { subject: 'local-llm', action: 'doctor', decision: 'allow' },
      { subject: 'codex', action: 'read_logs', decision: 'allow' },
      gate,
    );
    const text = files['rules/any/imported_gate/imported_gate.rego'] ?? '';
    expect(text.match(/^let_pass_before if/gm)).toHaveLength(1);
    expect(text).toContain('in {"disk", "host", "log", "service"}');
    const reversed = await imported(gate, { subject: 'local-llm', action: 'doctor', decision: 'allow' });
    expect(Object.values(reversed.files).join()).not.toContain('let_pass_before');
  });

  it('is about every context where its context is no text of a command, and says so', async () => {
    const { rules } = await imported({ action: 'delete_data', context: 'prod', decision: 'deny' });
    expect(rules[0]?.notes).toEqual([expect.stringContaining('every context')]);
  });
});

describe('a policy.json that is not one', () => {
  it.each([
    ['an unknown key', file({ ...DENY, decision: 'deny', acton: 'x' }), /unknown key "acton"/, 11],
    ['an unknown key beside the rules', '{"rules": [],\n "default": "deny"}', /unknown key "default"/, 2],
    ['an unknown decision', file({ ...DENY, decision: 'forbid' }), /decision/, 10],
    ['no decision', file(DENY), /decision/, 4],
    ['an unknown version', '{\n"version": "2", "rules": []}', /version/, 2],
    ['a key twice', '{\n"rules": [],\n"rules": []}', /unique/, 3],
    ['an id twice', file({ id: 'a-b', decision: 'deny' }, { id: 'A_B', decision: 'allow' }), /has the id/, 8],
    ['half of it', '{"version": "1",\n "rules": [ {"id": "a", "decision": "deny"', /./, 2],
    ['nothing in it', '', /./, 1],
    ['a list', '[]', /./, 1],
    ['a number for words', '{"rules": [\n{"action": 5, "decision": "deny"}]}', /action/, 2],
  ])('is refused whole with its place: %s', async (_, text, message, row) => {
    const refused = (await importPolicyJson(text, 'policy.json'))._unsafeUnwrapErr();
    expect(refused.kind).toBe('policy.invalid_source');
    expect(refused.diagnostics?.[0]).toMatchObject({
      ...{ file: 'policy.json', row, column: expect.any(Number) },
      message: expect.stringMatching(message),
    });
  });
});
