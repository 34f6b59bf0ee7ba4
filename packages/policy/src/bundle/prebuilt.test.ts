import { createRego } from '@meshclaw/rego';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask, createOwnerFolder, NO_CI, type OwnerFolder } from '../_testing/owner-folder.js';
import { archiveOf, DECISION, wasmOf } from '../_testing/policy-bundle.js';
import { tarGz } from '../_testing/tar-gz.js';
import { openPolicy } from '../open-policy.js';
import { compareDecisions } from '../tools/compare/flips.js';
import { openSide } from '../tools/compare/side.js';

const rego = createRego();
/** Denies what is asked about one server, and says of everything else that it may be read, as the class it is. */
const STRICT = `decision := object.union(${DECISION}, {"effect": effect, "class": input.action.class, "obligations": told})

default effect := "read_state"

effect := "deny" if input.resource.id == "web1"

effect := "approval_required" if input.resource.id == "web2"

told := [{"id": "approval.method", "type": "approval_method", "parameters": {"minimum": "presence"}}]`;
let strict: Uint8Array;
let allows: Uint8Array;
let owner: OwnerFolder;
const put = (bytes: Uint8Array, name = 'mine.tar.gz') => owner.put(`bundles/${name}`, bytes);
const open = (more = {}) => openPolicy({ ownerFolder: owner.folder, ...more });
beforeAll(async () => {
  strict = await wasmOf(rego, STRICT);
  allows = await wasmOf(rego, `decision := object.union(${DECISION}, {"class": input.action.class})`);
});
afterAll(() => rego.close());
beforeEach(() => {
  owner = createOwnerFolder();
});
afterEach(() => owner.remove());

describe('a bundle of opa build in the folder of the owner', () => {
  it('is evaluated beside the shipped rules, and the most restrictive answer counts', async () => {
    const base = (await open())._unsafeUnwrap();
    put(archiveOf(strict));
    const policy = (await open())._unsafeUnwrap();
    const denied = await policy.decide(ask('host.facts', 'read'));
    expect([denied.effect, denied.reasons.map(({ rule }) => rule)]).toEqual(['deny', ['x.y']]);
    expect(policy.digest).not.toBe(base.digest);
    expect(policy.sources.some(({ file }) => file.endsWith('mine.tar.gz'))).toBe(true);
    await policy.close();
  });

  it('cannot make anything milder, nor the way in which it is approved', async () => {
    put(archiveOf(allows));
    put(archiveOf(strict), 'two.tar.gz');
    const policy = (await open())._unsafeUnwrap();
    const other = (asked: ReturnType<typeof ask>) => ({ ...asked, resource: { ...asked.resource, id: 'web2' } });
    const chmod = ask('file.chmod', 'write', { properties: { path: '/srv/a', mode: '0600' } });
    expect(await policy.decide(other(chmod))).toMatchObject({
      effect: 'approval_required',
      obligations: expect.arrayContaining([
        { id: 'approval.method', type: 'approval_method', parameters: { minimum: 'signature' } },
      ]),
    });
    expect((await policy.decide(other({ ...chmod, context: { ...chmod.context, freeze: true } }))).effect).toBe('deny');
    await policy.close();
  });

  it('does not replace the catalogue or the parameters by its data', async () => {
    const data = JSON.stringify({ meshclaw: { operations: { 'disk.wipe': { class: 'read' } }, parameters: {} } });
    put(archiveOf(allows, { data }));
    const policy = (await open())._unsafeUnwrap();
    expect((await policy.decide(ask('disk.wipe', 'read'))).effect).toBe('deny');
    await policy.close();
  });

  it('stands beside rules that are compiled, too', async () => {
    put(archiveOf(allows));
    owner.put('rules/any/no_ci/no_ci.rego', NO_CI);
    const policy = (await open())._unsafeUnwrap();
    const ci = await policy.decide(ask('host.facts', 'read', { subject: { type: 'ci', id: 'x' } }));
    expect(ci.reasons.map(({ rule }) => rule)).toContain('any.no_ci');
    await policy.close();
  });

  it('is read by policy diff', async () => {
    const path = put(archiveOf(allows));
    const [base, mild] = [await openSide({}), await openSide({ ownerFolder: path })];
    const flips = await compareDecisions(base._unsafeUnwrap().policy, mild._unsafeUnwrap().policy, [
      ask('file.chmod', 'write', { properties: { path: '/srv/a', mode: '0600' } }),
    ]);
    expect(flips).toMatchObject([{ milder: true }]);
  });

  const manifest = (text: string) => [
    { name: '/.manifest', bytes: text },
    { name: '/policy.wasm', bytes: '' },
  ];
  it.each([
    ['no gzip', () => Buffer.from('not an archive'), /not whole gzip/],
    ['cut', () => archiveOf(strict).subarray(0, 5_000), /not whole gzip/],
    ['gzip of something else', () => tarGz([]).subarray(0, 0), /not whole gzip/],
    ['an archive without a manifest', () => tarGz([{ name: '/policy.wasm', bytes: strict }]), /names no WebAssembly/],
    ['one of Rego alone', () => tarGz(manifest('{"roots":[""]}')), /opa build -t wasm/],
    [
      'one with another entrypoint',
      () => archiveOf(strict, { entrypoint: 'example/allow' }),
      /meshclaw\/authz\/decision/,
    ],
    [
      'one that lacks its module',
      () => tarGz(manifest('{"wasm":[{"entrypoint":"meshclaw/authz/decision","module":"/x.wasm"}]}')),
      /lacks \/x.wasm/,
    ],
    ['one whose data is no object', () => archiveOf(strict, { data: '[]' }), /data.json/],
    ['one with a file twice', () => tarGz([...manifest('{}'), ...manifest('{}')]), /twice/],
    ['one with a link', () => tarGz([{ name: '/policy.wasm', bytes: '', type: '2' }]), /no plain file/],
    ['one that climbs out', () => tarGz([{ name: '../../policy.wasm', bytes: '' }]), /no proper name/],
    ['one whose module is none', () => archiveOf(Buffer.from('no module')), /magic word/],
    ['more than it may unpack to', () => tarGz([{ name: '/data.json', bytes: Buffer.alloc(80 * 2 ** 20) }]), /64 MiB/],
  ])('is refused with its path when it is %s', async (_, bytes, message) => {
    const path = put(bytes());
    const refused = (await open())._unsafeUnwrapErr();
    expect(refused).toMatchObject({ kind: 'policy.unusable_bundle', path });
    expect(refused.diagnostics?.[0]?.message).toMatch(message);
  });

  it('is refused when it is another kind of module, or one that needs a host', async () => {
    for (const wasm of [
      await wasmOf(rego, 'decision := time.now_ns()', { builtins: 'all' }),
      await wasmOf(rego, 'decision := 1', { entrypoint: 'example/allow' }),
    ]) {
      put(archiveOf(wasm));
      expect((await open())._unsafeUnwrapErr()).toMatchObject({ kind: 'policy.unusable_bundle' });
    }
  });

  it('that never answers is refused at the start: it cannot answer known requests', async () => {
    put(archiveOf(await wasmOf(rego, `decision := ${DECISION} if input.request_id == "other"`)));
    expect((await open())._unsafeUnwrapErr().kind).toBe('policy.failed_self_test');
  });
});
