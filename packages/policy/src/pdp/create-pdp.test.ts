import type { DecisionRequest } from '@meshclaw/core';
import { createRego } from '@meshclaw/rego';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyBundle } from '../bundle/bundle.js';
import { openPolicy } from '../open-policy.js';
import { createPdp } from './create-pdp.js';

const request = (more: Partial<DecisionRequest> = {}): DecisionRequest => ({
  requestId: 'req-1',
  subject: { type: 'agent', id: 'codex' },
  action: { name: 'host.facts', class: 'read', properties: {} },
  resource: { type: 'server', id: 'web1', properties: {}, facts: {} },
  context: {
    now: '2026-01-01T00:00:00.000Z',
    mode: 'execute',
    surface: 'sdk',
    freeze: false,
    exposed: false,
    recent: {},
  },
  ...more,
});
const rulesOf = ({ reasons }: { readonly reasons: readonly { readonly rule: string }[] }) =>
  reasons.map(({ rule }) => rule);

const rego = createRego();
afterAll(() => rego.close());

/** A policy whose whole decision is `body`. */
const bundleOf = async (body: string): Promise<PolicyBundle> => {
  const files = [{ path: 'authz.rego', text: `package meshclaw.authz\n\n# METADATA\n# entrypoint: true\n${body}\n` }];
  const built = await rego.build({ files, entrypoints: ['meshclaw/authz/decision'] });
  if (!built.ok) throw new Error(JSON.stringify(built.error));
  const manifest = {
    format: 'meshclaw-policy/1',
    entrypoint: '',
    wasm_sha256: '',
    data_sha256: '',
    compiler: '',
    sources: [],
    rules: [],
    loosened: [],
  } as const;
  return {
    wasm: built.value.wasm,
    data: {},
    digest: 'test',
    manifest: { ...manifest, sources: [], rules: [], loosened: [] },
  };
};
const DECISION = `{
	"request_id": input.request_id, "effect": "read_state", "class": "read", "obligations": [],
	"reasons": [{"rule": "x.y", "title": "t", "severity": "info", "message": "m"}],
}`;

describe('the shipped policy', () => {
  it('answers an ordinary read, and asks about every other class', async () => {
    const policy = (await openPolicy())._unsafeUnwrap();
    expect(await policy.decide(request())).toMatchObject({ effect: 'read_state', allowed: true, requestId: 'req-1' });
    const action = { name: 'command.run', class: 'judged', properties: {}, argv: ['touch', '/srv/a'] } as const;
    expect(await policy.decide(request({ action }))).toMatchObject({
      effect: 'approval_required',
      class: 'write',
      obligations: [{ type: 'approval_method', parameters: { minimum: 'signature' } }],
    });
  });

  it('names rule, source line and facts of a denial', async () => {
    const policy = (await openPolicy())._unsafeUnwrap();
    const action = { name: 'file.chmod', class: 'write', properties: { path: '/srv/a', mode: '0777' } } as const;
    const [reason] = (await policy.decide(request({ action }))).reasons;
    expect(reason).toMatchObject({
      rule: 'file.no_world_write',
      facts: { 'action.properties.mode': '0777' },
      source: expect.stringMatching(/no_world_write\.rego:\d+$/),
    });
  });
});

describe('a request that policy cannot read', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
  it.each([
    ['a lone surrogate', { text: '\ud800' }],
    ['a lone surrogate as a key', { '\udc00': 1 }],
    ['not a number', { n: Number.NaN }],
    ['infinity', { n: Number.POSITIVE_INFINITY }],
    ['an integer over 2^53', { n: 2 ** 53 + 2 }],
    ['a cycle', cyclic],
    ['65 levels', deep(65)],
    ['more than 256 KiB', { text: 'x'.repeat(300_000) }],
    ['undefined', { x: undefined }],
    ['a big integer', { x: 1n }],
    ['a function', { x: () => 1 }],
    ['a date', { x: new Date(0) }],
    ['a prototype', JSON.parse('{"__proto__": {"a": 1}}')],
  ])('is denied: %s', async (_, properties) => {
    const policy = (await openPolicy())._unsafeUnwrap();
    const action = { name: 'host.facts', class: 'read', properties } as never;
    const decision = await policy.decide(request({ action }));
    expect(decision).toMatchObject({ effect: 'deny', allowed: false });
    expect(rulesOf(decision)).toEqual(['policy.invalid_request']);
  });

  it('is denied when it states a class for command text itself', async () => {
    const policy = (await openPolicy())._unsafeUnwrap();
    for (const stated of ['read', 'write', 'destructive'] as const) {
      const action = { name: 'command.run', class: stated, properties: {}, argv: ['uptime'] };
      expect(rulesOf(await policy.decide(request({ action })))).toEqual(['policy.invalid_request']);
    }
    const action = { name: 'file.chmod', class: 'judged', properties: { path: '/srv/a', mode: '0600' } } as const;
    expect(rulesOf(await policy.decide(request({ action })))).toContain('authz.unmatched');
  });

  it('is denied when it brings the facts of its command itself', async () => {
    const policy = (await openPolicy())._unsafeUnwrap();
    const facts = { shell: null, programs: [], dynamic: [], obscured: [], environment: [] };
    for (const name of ['command.run', 'host.facts']) {
      const named = { name, class: name === 'host.facts' ? 'read' : 'judged', properties: {}, argv: ['uptime'] };
      const action = { ...named, command: facts } as DecisionRequest['action'];
      expect(rulesOf(await policy.decide(request({ action })))).toEqual(['policy.invalid_request']);
    }
  });

  it('is denied, not thrown, when reading it throws', async () => {
    const policy = (await openPolicy())._unsafeUnwrap();
    const hostile = Object.defineProperty({ ...request() }, 'requestId', {
      get: () => {
        throw new Error('no');
      },
    });
    expect(rulesOf(await policy.decide(hostile))).toEqual(['policy.invalid_request']);
  });

  it('is denied when it is not a request at all', async () => {
    const policy = (await openPolicy())._unsafeUnwrap();
    for (const nothing of [undefined, null, 0, '', [], {}]) {
      expect((await policy.decide(nothing as never)).effect).toBe('deny');
    }
  });
});

describe('a policy that is broken', () => {
  it.each([
    ['is undefined', 'decision := "x" if input.nothing'],
    ['is a string', 'decision := "read_state"'],
    ['has no reasons', `decision := object.union(${DECISION}, {"reasons": []})`],
    ['has an unknown effect', `decision := object.union(${DECISION}, {"effect": "allow"})`],
    ['has one field more', `decision := object.union(${DECISION}, {"allowed": true})`],
    ['echoes another request', `decision := object.union(${DECISION}, {"request_id": "req-0"})`],
  ])('denies when its answer %s', async (_, body) => {
    const pdp = await createPdp(await bundleOf(body));
    const decision = await pdp.decide(request());
    expect(decision.effect).toBe('deny');
    expect(rulesOf(decision)).toEqual(['policy.malformed_decision']);
  });

  const throwing = `decision := ${DECISION}\n\ndecision := d if {\n\tinput.subject.id == "thrower"\n\td := object.union(${DECISION}, {"class": "write"})\n}`;

  it('denies when it throws, and answers the next good request right', async () => {
    const pdp = await createPdp(await bundleOf(throwing));
    const bad = request({ subject: { type: 'agent', id: 'thrower' } });
    expect(rulesOf(await pdp.decide(bad))).toEqual(['policy.error']);
    expect((await pdp.decide(request())).effect).toBe('read_state');
    const kinds = [];
    for (let n = 0; n < 4; n += 1) kinds.push(...rulesOf(await pdp.decide(bad)));
    expect(kinds).toEqual(['policy.error', 'policy.error', 'policy.unavailable', 'policy.unavailable']);
  });

  it('stays unavailable while a new instance does not answer what every policy can', async () => {
    const only = (id: string) => `decision := d if {\n\tinput.request_id == "${id}"\n\td := ${DECISION}\n}`;
    const conflict = `decision := object.union(${DECISION}, {"class": c}) if {\n\tinput.subject.id == "thrower"\n\tsome c in ["write", "spend"]\n}`;
    const pdp = await createPdp(await bundleOf(`${only('req-1')}\n\n${conflict}`));
    expect((await pdp.decide(request())).effect).toBe('read_state');
    const bad = request({ requestId: 'req-2', subject: { type: 'agent', id: 'thrower' } });
    for (let n = 0; n < 3; n += 1) expect((await pdp.decide(bad)).effect).toBe('deny');
    expect(rulesOf(await pdp.decide(request()))).toEqual(['policy.unavailable']);
  });

  let good: PolicyBundle;
  beforeAll(async () => {
    good = await bundleOf(`decision := ${DECISION}`);
  });
  it.each([
    ['truncated', (wasm: Uint8Array) => wasm.subarray(0, wasm.length / 2)],
    ['empty', () => new Uint8Array()],
    ['another module', () => new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])],
  ])('is not loaded when its module is %s', async (_, breaks) => {
    await expect(createPdp({ ...good, wasm: breaks(good.wasm) })).rejects.toBeDefined();
  });

  it('is not loaded when it answers another entrypoint', async () => {
    const files = [{ path: 'x.rego', text: 'package x\n\n# METADATA\n# entrypoint: true\ny := 1\n' }];
    const built = await rego.build({ files, entrypoints: ['x/y'] });
    const wasm = built.ok ? built.value.wasm : new Uint8Array();
    await expect(createPdp({ ...good, wasm })).rejects.toThrow(/entrypoint/);
  });
});
