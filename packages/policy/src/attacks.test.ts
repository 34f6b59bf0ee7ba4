// Tries to loosen a guard through whatever an owner's folder, a cache or the environment may hold.
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '@meshclaw/core';
import { createRego } from '@meshclaw/rego';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask, createOwnerFolder, NO_CI, type OwnerFolder, ruleText } from './_testing/owner-folder.js';
import { DECISION, wasmOf } from './_testing/policy-bundle.js';
import { openPolicy } from './open-policy.js';

const rego = createRego();
afterAll(() => rego.close());
let owner: OwnerFolder;
let policies = '';
beforeEach(() => {
  owner = createOwnerFolder();
  policies = join(owner.folder, 'policies');
  mkdirSync(policies, { mode: 0o700 });
});
afterEach(() => owner.remove());
const put = (path: string, text: string, mode?: number) => owner.put(`policies/${path}`, text, mode);
const open = () => openPolicy({ ownerFolder: policies, cacheFolder: join(owner.folder, 'cache') });
const frozen = ask('file.chmod', 'write', { properties: { path: '/srv/a', mode: '0600' }, freeze: true });
const ALLOWS = 'auto_safe contains r if r := reason.because(rego.metadata.chain(), [["action", "name"]])';

describe('a guard', () => {
  it('stays when a rule answers everything as mildly as it can; then the policy only lets read, and says why', async () => {
    put('rules/any/all.rego', ruleText('all', ALLOWS));
    const policy = (await open())._unsafeUnwrap();
    expect(policy.failedSelfTest).toContain('a change');
    expect(policy.alarms?.()).toMatchObject([{ id: 'policy.failed_self_test', severity: 'critical' }]);
    const change = await policy.decide({ ...frozen, context: { ...frozen.context, freeze: false } });
    expect([change.effect, change.reasons[0]?.rule]).toEqual(['deny', 'policy.failed_self_test']);
    expect(change.reasons[0]?.facts?.detail).toContain('a change');
    expect((await policy.decide(frozen)).effect).toBe('deny');
    expect((await policy.decide(ask('host.facts', 'read'))).allowed).toBe(true);
    await policy.close();
  });

  it('stays when the cache holds a milder policy under the right name with the right digests', async () => {
    put('rules/any/no_ci.rego', NO_CI);
    await (await open())._unsafeUnwrap().close();
    const cache = join(owner.folder, 'cache');
    const [at = ''] = readdirSync(cache).filter((name) => name.endsWith('.manifest'));
    const forged = await wasmOf(
      rego,
      `decision := object.union(${DECISION}, {"class": input.action.class, "effect": effect})\n\ndefault effect := "auto_safe"\n\neffect := "deny" if startswith(input.request_id, "self-test")`,
    );
    const manifest = JSON.parse(readFileSync(join(cache, at), 'utf8'));
    writeFileSync(join(cache, at), JSON.stringify({ ...manifest, wasm_sha256: sha256Hex(forged) }));
    writeFileSync(join(cache, at.replace('.manifest', '.wasm')), forged);
    // It passes the known-bad requests, which it knows by their names.
    const policy = (await open())._unsafeUnwrap();
    const decision = await policy.decide(frozen);
    expect([decision.effect, decision.reasons[0]?.rule]).toEqual(['deny', 'policy.malformed_decision']);
    expect(decision.reasons[0]?.facts?.detail).toContain('milder than the shipped one');
    await policy.close();
  });

  it('stays when the name of a test file hides rules, which are not compiled', async () => {
    put('rules/any/all_test.rego', ruleText('all', ALLOWS));
    put('meshclaw/guards/any/freeze/freeze_test.rego', 'package meshclaw.guards.any.freeze\n\nfrozen := false\n');
    expect((await open())._unsafeUnwrap().digest).toBe((await openPolicy())._unsafeUnwrap().digest);
  });

  it('stays whatever the environment says', async () => {
    const names = [
      'MESHCLAW_POLICY',
      'MESHCLAW_POLICY_DISABLED',
      'MESHCLAW_FAIL_OPEN',
      'OPA_BUNDLE',
      'MESHCLAW_DEADLINE_MS',
    ];
    for (const name of names) vi.stubEnv(name, '1');
    const policy = (await open())._unsafeUnwrap();
    expect([policy.digest, (await policy.decide(frozen)).effect]).toEqual([
      (await openPolicy())._unsafeUnwrap().digest,
      'deny',
    ]);
    vi.unstubAllEnvs();
  });
});

describe('a source is refused', () => {
  it.each(['data.json', 'data.yaml', 'parameters.yml', 'sub/parameters.yaml', 'policy.wasm', 'mine.tar.gz'])(
    'when it looks like policy and would not be read: %s',
    async (name) => {
      const file = put(name, '{"meshclaw": {"parameters": {}}}');
      expect((await open())._unsafeUnwrapErr()).toMatchObject({
        kind: 'policy.invalid_source',
        diagnostics: [{ file, row: 1 }],
      });
    },
  );

  it.each([
    ['link to a file', () => symlinkSync('/etc/hostname', join(policies, 'x.rego'))],
    ['link to a folder', () => symlinkSync('/etc', join(policies, 'rules'))],
    ['link to nothing', () => symlinkSync('/no/such', join(policies, 'x.rego'))],
    ['pipe', () => execFileSync('mkfifo', ['-m', '600', join(policies, 'x.rego')])],
    ['file of two megabytes', () => put('x.rego', `# ${'x'.repeat(2 ** 21)}`)],
  ])('when it is a %s', async (_, make) => {
    make();
    expect((await open())._unsafeUnwrapErr().kind).toBe('policy.unreadable_source');
  });

  it('when the folder itself is a link', async () => {
    symlinkSync(policies, join(owner.folder, 'link'));
    const opened = await openPolicy({ ownerFolder: join(owner.folder, 'link') });
    expect(opened._unsafeUnwrapErr().kind).toBe('policy.unreadable_source');
  });

  it.each([
    ['the group', 0o660],
    ['everybody', 0o606],
  ])('when %s may write to it, to its folder, or to the folder above', async (_, mode) => {
    const file = put('rules/any/no_ci.rego', NO_CI);
    for (const path of [file, join(policies, 'rules'), policies, owner.folder]) {
      chmodSync(path, mode | 0o100);
      expect((await open())._unsafeUnwrapErr()).toMatchObject({ kind: 'policy.unsafe_permissions', path });
      chmodSync(path, path === file ? 0o600 : 0o700);
    }
  });

  it('when somebody else owns it', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root can make a file that somebody else owns');
    const file = put('rules/any/no_ci.rego', NO_CI);
    chownSync(file, 65_534, 65_534);
    expect((await open())._unsafeUnwrapErr()).toMatchObject({ kind: 'policy.unsafe_permissions', path: file });
  });

  it.each(['x.rego', 'parameters.yaml'])(
    'when it was cut to nothing, even where a compiled policy is cached: %s',
    async (name) => {
      put('rules/any/no_ci.rego', NO_CI);
      await (await open())._unsafeUnwrap().close();
      put(name, '');
      expect((await open())._unsafeUnwrapErr()).toMatchObject({ kind: 'policy.invalid_source' });
    },
  );
});

describe('a rule that loops', () => {
  it('is cut at the deadline, and denies; the shipped rules are not slowed by it', async () => {
    const body = `many := numbers.range(1, 3000)\n\ndeny contains r if {\n\tinput.resource.id == "loop"\n\tcount([1 | many[_]; many[_]; many[_]; c := many[_]; c == input.request_id]) == 1\n\tr := reason.because(rego.metadata.chain(), [["resource", "id"]])\n}`;
    put('rules/any/slow.rego', ruleText('slow', body));
    const policy = (await open())._unsafeUnwrap();
    const asked = ask('host.facts', 'read');
    const looping = await policy.decide({ ...asked, resource: { ...asked.resource, id: 'loop' } });
    expect([looping.effect, looping.reasons[0]?.rule]).toEqual(['deny', 'policy.timeout']);
    if (process.env.MESHCLAW_LONG !== undefined)
      process.stdout.write(`\ndenied after ${looping.durationMs.toFixed(0)} ms\n`);
    expect((await policy.decide(asked)).effect).toBe('read_state');
    await policy.close();
  });
});
