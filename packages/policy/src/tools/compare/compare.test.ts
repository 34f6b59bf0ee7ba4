import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toWireDecision, toWireRequest } from '@meshclaw/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, createOwnerFolder, NO_CI, type OwnerFolder } from '../../_testing/owner-folder.js';
import { compareDecisions } from './flips.js';
import { readRequests } from './read-requests.js';
import { replayDecisions } from './replay.js';
import { sampleRequests } from './sample-requests.js';
import { openSide } from './side.js';

let owner: OwnerFolder;
beforeEach(() => {
  owner = createOwnerFolder();
});
afterEach(() => owner.remove());

const side = async (sources: Parameters<typeof openSide>[0]) => (await openSide(sources))._unsafeUnwrap();
const CHMOD = ask('file.chmod', 'write', { properties: { path: '/srv/a', mode: '0640' } });
const BY_CI = { ...CHMOD, requestId: 'req-2', subject: { type: 'ci', id: 'pipeline' } } as const;

describe('two policies', () => {
  it('differ in the requests whose effect changes, with the direction', async () => {
    owner.put('rules/any/no_ci/no_ci.rego', NO_CI);
    const [base, own] = [await side({}), await side({ ownerFolder: owner.folder })];
    expect(await compareDecisions(base.policy, own.policy, [CHMOD, BY_CI])).toEqual([
      {
        requestId: 'req-2',
        subject: 'ci:pipeline',
        operation: 'file.chmod',
        resource: 'web1',
        before: {
          effect: 'approval_required',
          rules: ['any.autoheal', 'any.unobserved', 'authz.class_default'],
          demands: ['approval_method signature'],
        },
        after: { effect: 'deny', rules: ['any.no_ci'], demands: [] },
        milder: false,
      },
    ]);
    expect(await compareDecisions(own.policy, base.policy, [CHMOD, BY_CI])).toMatchObject([{ milder: true }]);
  });

  it('do not differ from themselves, over a set that reaches every effect a shipped policy has', async () => {
    const one = await side({});
    const requests = sampleRequests(one.operations);
    expect(await compareDecisions(one.policy, one.policy, requests)).toEqual([]);
    const effects = new Set(
      await Promise.all(requests.map(async (request) => (await one.policy.decide(request)).effect)),
    );
    expect([...effects].sort()).toEqual(['approval_required', 'deny', 'read_state']);
  });

  it('differ also where only more, or fewer, people are asked', async () => {
    const [mild, strict] = [await side({}), await side({ pack: 'production' })];
    const requests = sampleRequests(mild.operations);
    const stricter = await compareDecisions(mild.policy, strict.policy, requests);
    expect(stricter).toContainEqual(
      expect.objectContaining({
        operation: 'class.destructive',
        milder: false,
        after: expect.objectContaining({
          effect: 'approval_required',
          demands: ['approval_method presence', 'four_eyes'],
        }),
      }),
    );
    expect(stricter.filter(({ milder }) => milder)).toEqual([]);
    const back = await compareDecisions(strict.policy, mild.policy, requests);
    expect(back.filter(({ milder }) => !milder)).toEqual([]);
    expect(back).toHaveLength(stricter.length);
  });

  it('may be a compiled bundle, whole and not writable by others', async () => {
    const shipped = fileURLToPath(new URL('../../../shipped/', import.meta.url));
    for (const name of ['policy.wasm', 'data.json', 'manifest.json']) {
      owner.put(name, '');
      copyFileSync(join(shipped, name), join(owner.folder, name));
    }
    const bundle = await side({ ownerFolder: owner.folder });
    expect(bundle.policy.digest).toBe((await side({})).policy.digest);
    owner.put('data.json', '{}');
    expect((await openSide({ ownerFolder: owner.folder }))._unsafeUnwrapErr().kind).toBe('policy.unusable_bundle');
    owner.put('data.json', '{}', 0o666);
    expect((await openSide({ ownerFolder: owner.folder }))._unsafeUnwrapErr().kind).toBe('policy.unsafe_permissions');
  });

  it('are refused with their place when one cannot be opened', async () => {
    const file = owner.put('rules/any/x/x.rego', 'package {');
    expect((await openSide({ ownerFolder: owner.folder }))._unsafeUnwrapErr()).toMatchObject({
      kind: 'policy.invalid_source',
      diagnostics: [{ file, row: 1 }],
    });
  });
});

describe('requests from text', () => {
  it('keep their line, and a line that is none says why', () => {
    const text = `\n${JSON.stringify(toWireRequest(CHMOD))}\nnot json\n{"request_id":"x"}\n`;
    expect(readRequests(text)).toMatchObject([
      { line: 2, request: { requestId: 'req-1' } },
      { line: 3, id: '', problem: 'not JSON' },
      { line: 4, id: 'x', problem: expect.stringContaining('subject') },
    ]);
  });
});

describe('replaying', () => {
  const HEADER = { format: 'meshclaw-export/1', origin: 'x', key: 'x', records: 0, heads: 1 };
  async function* exported(records: readonly unknown[], header: object = { ...HEADER, records: records.length }) {
    yield JSON.stringify(header);
    yield JSON.stringify({ head: 'a note' });
    for (const [index, record] of records.entries()) {
      yield JSON.stringify({ index, recorded_at: '2026-01-02T00:00:00.000Z', ...(record as object) });
    }
  }
  const made = async (request: typeof CHMOD | typeof BY_CI) => {
    const decision = await (await side({})).policy.decide(request);
    return { type: 'decision.made', body: { request: toWireRequest(request), decision: toWireDecision(decision) } };
  };

  it('of the same policy flips nothing', async () => {
    const records = [await made(CHMOD), { type: 'freeze.set', body: {} }, await made(BY_CI)];
    const { policy } = await side({});
    const secret = ask('file.chmod', 'write', { properties: { path: '[redacted:token]', mode: '0640' } });
    records.push(await made(secret as typeof CHMOD));
    expect((await replayDecisions(policy, exported(records)))._unsafeUnwrap()).toEqual({
      decisions: 3,
      samePolicy: 3,
      redacted: 1,
      flips: [],
      unreplayable: [],
    });
  });

  it('names each decision that comes out otherwise, with its record', async () => {
    owner.put('rules/any/no_ci/no_ci.rego', NO_CI);
    const { policy } = await side({ ownerFolder: owner.folder });
    const records = [await made(CHMOD), { type: 'freeze.set', body: {} }, await made(BY_CI)];
    const replay = (await replayDecisions(policy, exported(records)))._unsafeUnwrap();
    expect(replay).toMatchObject({
      decisions: 2,
      samePolicy: 0,
      flips: [{ record: 2, milder: false, after: { effect: 'deny' } }],
    });
  });

  it('counts a decision that cannot be asked again apart from those that stay', async () => {
    const { body } = await made(CHMOD);
    const { class: _, ...action } = (body.request as { action: Record<string, unknown> }).action;
    const records = [
      { type: 'decision.made', body: { ...body, request: { ...body.request, action } } },
      { type: 'decision.made', body: null },
    ];
    const replay = (await replayDecisions((await side({})).policy, exported(records)))._unsafeUnwrap();
    expect(replay).toMatchObject({
      decisions: 2,
      flips: [],
      unreplayable: [
        { record: 0, problem: expect.stringContaining('class') },
        { record: 1, problem: 'not a decision' },
      ],
    });
  });

  it.each([
    [
      'has another first line',
      async function* () {
        yield '{"format":"x"}';
      },
    ],
    ['is empty', async function* () {}],
    ['was cut', () => exported([], { ...HEADER, records: 3 })],
    [
      'has a line that is no record',
      async function* () {
        yield JSON.stringify({ ...HEADER, records: 1 });
        yield 'x';
      },
    ],
  ])('refuses an export that %s', async (_, lines) => {
    const { policy } = await side({});
    expect((await replayDecisions(policy, lines() as AsyncIterable<string>))._unsafeUnwrapErr().kind).toBe(
      'policy.unreadable_source',
    );
  });
});
