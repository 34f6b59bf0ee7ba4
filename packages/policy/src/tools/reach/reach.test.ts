import { afterEach, beforeEach, expect, it } from 'vitest';
import { createOwnerFolder, NO_CI, type OwnerFolder } from '../../_testing/owner-folder.js';
import { openSide } from '../compare/side.js';
import { type ReachOptions, reachOf } from './reach.js';

let owner: OwnerFolder;
beforeEach(() => {
  owner = createOwnerFolder();
});
afterEach(() => owner.remove());

const TARGETS = [
  { id: 'web1', kind: 'server', properties: { environment: 'production' } },
  { id: 'web2', kind: 'server', properties: {} },
];
async function reach(options: Partial<ReachOptions> = {}, sources: Parameters<typeof openSide>[0] = {}) {
  const { policy, operations } = (await openSide(sources))._unsafeUnwrap();
  const all = {
    subject: { type: 'agent', id: 'codex' },
    targets: TARGETS,
    operations,
    freeze: false,
    now: '2026-01-01T00:00:00.000Z',
  } as const;
  return Object.fromEntries((await reachOf(policy, { ...all, ...options })).map((one) => [one.operation, one]));
}

it('every operation of the catalogue has its answer, apart for servers that are answered otherwise', async () => {
  const { operations } = (await openSide({}))._unsafeUnwrap();
  const table = await reach();
  expect(Object.keys(table)).toEqual(Object.keys(operations).sort());
  expect(table['file.stat']?.answers).toMatchObject([{ effect: 'read_state', servers: ['web1', 'web2'] }]);
  expect(table['file.chmod']?.answers).toMatchObject([
    { effect: 'approval_required', servers: ['web1'], rules: ['any.production'], obligations: ['approval_method'] },
    { effect: 'approval_required', servers: ['web2'], rules: ['authz.class_default'] },
  ]);
});

it('under freeze nothing but reading is reached', async () => {
  const frozen = await reach({ freeze: true });
  expect(frozen['file.chmod']?.answers).toMatchObject([{ effect: 'deny', rules: ['any.freeze'] }]);
  expect(frozen['file.stat']?.answers).toMatchObject([{ effect: 'read_state' }]);
});

it("what an owner's rule denies one kind of subject is denied in its table", async () => {
  owner.put('rules/any/no_ci/no_ci.rego', NO_CI);
  const table = await reach({ subject: { type: 'ci', id: 'pipeline' } }, { ownerFolder: owner.folder });
  expect(Object.values(table).every(({ answers }) => answers.every(({ effect }) => effect === 'deny'))).toBe(true);
});

it('an operation without a server it could be on has no answer, which is no yes', async () => {
  expect((await reach({ targets: [] }))['file.stat']?.answers).toEqual([]);
});
