import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask, createOwnerFolder, type OwnerFolder, ruleText } from './_testing/owner-folder.js';
import { openPolicy } from './open-policy.js';
import type { OwnClass } from './own-operations.js';

let owner: OwnerFolder;
beforeEach(() => {
  owner = createOwnerFolder();
});
afterEach(() => owner.remove());

const OWN = { 'order.find': 'read', 'order.cancel': 'write', 'order.refund': 'spend' } as const;
const SMALL = ruleText(
  'small',
  'auto_safe contains r if {\n\tinput.action.name == "order.cancel"\n\tinput.action.properties.cents < 1000\n\tinput.action.properties.cents >= 0\n\tr := reason.because(rego.metadata.chain(), [["action", "properties", "cents"]])\n}',
  'order',
);

it('decides operations of one’s own by their class, and denies the ones nobody named', async () => {
  const policy = (await openPolicy({ operations: OWN }))._unsafeUnwrap();
  const effect = async (name: string, of: OwnClass) => (await policy.decide(ask(name, of))).effect;
  expect(await effect('order.find', 'read')).toBe('read_state');
  expect(await effect('order.cancel', 'write')).toBe('approval_required');
  expect(await effect('order.refund', 'spend')).toBe('approval_required');
  expect(await effect('order.ship', 'write')).toBe('deny');
});

it('denies an operation that is asked about as a milder class than it was named with', async () => {
  const policy = (await openPolicy({ operations: OWN }))._unsafeUnwrap();
  const { effect, reasons } = await policy.decide(ask('order.cancel', 'read'));
  expect([effect, reasons[0]?.rule]).toEqual(['deny', 'authz.unmatched']);
});

it('lets rules of their noun decide, and what destroys or spends is never automatic', async () => {
  owner.put('rules/order/small/small.rego', SMALL.replace('"order.cancel"', 'input.action.name'));
  const policy = (await openPolicy({ ownerFolder: owner.folder, operations: OWN }))._unsafeUnwrap();
  const effect = async (name: string, of: OwnClass, cents: number) =>
    (await policy.decide(ask(name, of, { properties: { cents } }))).effect;
  expect(await effect('order.cancel', 'write', 500)).toBe('auto_safe');
  expect(await effect('order.cancel', 'write', 5_000)).toBe('approval_required');
  expect(await effect('order.refund', 'spend', 500)).toBe('approval_required');
});

it('is another policy, by its digest', async () => {
  const shipped = (await openPolicy())._unsafeUnwrap();
  expect((await openPolicy({ operations: OWN }))._unsafeUnwrap().digest).not.toBe(shipped.digest);
  expect((await openPolicy({ operations: {} }))._unsafeUnwrap().digest).toBe(shipped.digest);
});

it.each([
  ['service.restart', 'read', 'catalogue'],
  ['command.run', 'read', 'catalogue'],
  ['class.read', 'read', 'named'],
  ['any.thing', 'read', 'named'],
  ['order', 'read', 'named'],
  ['Order.find', 'read', 'named'],
  ['order.find.all', 'read', 'named'],
  ['order.find', 'harmless', 'class'],
  ['order.find', 'judged', 'class'],
])('refuses %s of class %s', async (name, of, about) => {
  const opened = await openPolicy({ operations: { [name]: of as OwnClass } });
  expect(opened._unsafeUnwrapErr()).toMatchObject({
    kind: 'policy.invalid_operation',
    path: name,
    message: expect.stringContaining(about),
  });
});
