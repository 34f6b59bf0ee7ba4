import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPolicy } from './open-policy.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshclaw-policy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (path: string, text: string, mode = 0o600) => {
  const file = join(folder, 'policies', path);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { mode });
  chmodSync(file, mode);
};
const open = () => openPolicy({ ownerFolder: join(folder, 'policies'), cacheFolder: join(folder, 'cache') });
const rule = (name: string, body: string) =>
  `# METADATA\n# title: ${name}\n# custom:\n#   id: any.${name}\n#   severity: low\n#   message: m\n#   remediation: r\npackage meshclaw.rules.any.${name}\n\nimport data.meshclaw.lib.reason\n\n${body}\n`;
const denyCi = rule(
  'no_ci',
  'deny contains r if {\n\tinput.subject.type == "ci"\n\tr := reason.because(rego.metadata.chain(), [["subject", "type"]])\n}',
);
const ask = (type: 'agent' | 'ci') =>
  ({
    requestId: 'req-1',
    subject: { type, id: 'x' },
    action: { name: 'host.facts', class: 'read', properties: {} },
    resource: { type: 'server', id: 'web1', properties: {}, facts: {} },
    context: {
      now: '2026-01-01T00:00:00.000Z',
      mode: 'execute',
      surface: 'ci',
      freeze: false,
      exposed: false,
      recent: {},
    },
  }) as const;

describe("an owner's policies", () => {
  it('are the shipped ones when there are none', async () => {
    const shipped = (await openPolicy())._unsafeUnwrap();
    expect((await open())._unsafeUnwrap().digest).toBe(shipped.digest);
  });

  it('stay the shipped ones where what MeshClaw keeps is already protected', async () => {
    const shipped = (await openPolicy())._unsafeUnwrap();
    expect((await openPolicy({ ownFolders: ['/root/.meshclaw'] }))._unsafeUnwrap().digest).toBe(shipped.digest);
    expect((await openPolicy({ ownFolders: ['/srv/mesh'] }))._unsafeUnwrap().digest).not.toBe(shipped.digest);
  });

  it('add a rule, which names itself and its place', async () => {
    put('rules/any/no_ci.rego', denyCi);
    const policy = (await open())._unsafeUnwrap();
    const denied = await policy.decide(ask('ci'));
    expect(denied).toMatchObject({
      effect: 'deny',
      reasons: [{ rule: 'any.no_ci', source: expect.stringContaining('owner/') }],
    });
    expect((await policy.decide(ask('agent'))).effect).toBe('read_state');
  });

  it('come from the cache the second time, and are compiled again when the cache was changed', async () => {
    put('rules/any/no_ci.rego', denyCi);
    const first = (await open())._unsafeUnwrap();
    const cache = join(folder, 'cache');
    const wasm = readdirSync(cache).find((name) => name.endsWith('.wasm')) ?? '';
    const bytes = readFileSync(join(cache, wasm));
    bytes[bytes.length - 10] = (bytes[bytes.length - 10] ?? 0) ^ 1;
    writeFileSync(join(cache, wasm), bytes);
    expect((await open())._unsafeUnwrap().digest).toBe(first.digest);
    expect(readFileSync(join(cache, wasm)).equals(bytes)).toBe(false);
  });

  it('are refused with file, row and column when they do not compile', async () => {
    put('rules/any/broken.rego', 'package meshclaw.rules.any.broken\n\ndeny contains r if {\n\tr ==\n}\n');
    expect((await open())._unsafeUnwrapErr()).toMatchObject({
      kind: 'policy.invalid_source',
      diagnostics: [{ file: 'owner/rules/any/broken.rego', row: expect.any(Number), column: expect.any(Number) }],
    });
  });

  it('are refused with the place of two values for one rule, which only evaluating finds', async () => {
    put(
      'rules/any/two.rego',
      rule('two', 'deny contains r if {\n\tx == 1\n\tr := {}\n}\n\nx := 1\n\nx := 2 if input.action.class == "write"'),
    );
    expect((await open())._unsafeUnwrapErr()).toMatchObject({
      kind: 'policy.failed_self_test',
      diagnostics: expect.arrayContaining([
        { file: 'owner/rules/any/two.rego', row: 19, column: 1, message: expect.stringContaining('conflict') },
      ]),
    });
  });

  it('are refused when they use a built-in that the evaluator lacks', async () => {
    put(
      'rules/any/net.rego',
      rule('net', 'deny contains r if {\n\thttp.send({"method": "get", "url": "http://x"})\n\tr := {}\n}'),
    );
    expect((await open())._unsafeUnwrapErr().kind).toBe('policy.invalid_source');
  });

  it.each([
    ['a guard', 'package meshclaw.guards.any.freeze\n'],
    ['the combiner', 'package meshclaw.authz\n'],
    ['a helper', 'package meshclaw.lib.reason\n'],
    ['a shipped rule', 'package meshclaw.rules.any.production\n'],
    ['something else', 'package elsewhere\n'],
  ])('are refused when they define %s', async (_, text) => {
    put('x.rego', text);
    expect((await open())._unsafeUnwrapErr()).toMatchObject({
      kind: 'policy.forbidden_package',
      diagnostics: [{ file: 'owner/x.rego' }],
    });
  });

  it('are refused when others may write to them', async () => {
    put('rules/any/no_ci.rego', denyCi, 0o666);
    expect((await open())._unsafeUnwrapErr()).toMatchObject({
      kind: 'policy.unsafe_permissions',
      path: expect.stringContaining('no_ci.rego'),
    });
  });
});

describe('parameters', () => {
  it('may be made stricter', async () => {
    put('parameters.yaml', 'protected_roots: [/srv/db]\nchanges_per_hour: 2\n');
    const policy = (await open())._unsafeUnwrap();
    const action = { name: 'file.chmod', class: 'write', properties: { path: '/srv/db/x', mode: '0600' } } as const;
    expect((await policy.decide({ ...ask('agent'), action })).effect).toBe('deny');
  });

  it.each([
    ['a larger limit', 'four_eyes_classes: [spend]\nchanges_per_hour: 11\n', 'policy.looser_parameter', 2],
    ['a fixed one', 'harmless_devices: [of=/dev/sda]\n', 'policy.looser_parameter', 1],
    ['an unknown name', '\n\nprotected_root: [/x]\n', 'policy.invalid_source', 3],
    ['another shape', 'protected_roots: /x\n', 'policy.looser_parameter', 1],
    ['a broken file', 'a: [\n', 'policy.invalid_source', 2],
  ])('are refused with their line for %s', async (_, text, kind, row) => {
    put('parameters.yaml', text);
    expect((await open())._unsafeUnwrapErr()).toMatchObject({
      kind,
      diagnostics: [{ row, file: expect.stringContaining('parameters.yaml') }],
    });
  });
});
