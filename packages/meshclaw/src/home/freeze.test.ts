import { join } from 'node:path';
import type { Subject } from '@meshclaw/core';
import { createMemoryLedger } from '@meshclaw/core/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type KeyFiles, writeKeyFiles } from '../_testing/approver-key.js';
import { createTemporaryHome, type TemporaryHome } from '../_testing/temporary-home.js';
import { clearFreeze, currentFreeze, setFreeze, unfreezeStatement } from './freeze.js';
import { signStatement } from './sign.js';

const agent: Subject = { type: 'agent', id: 'codex' };
let at: TemporaryHome;
let alice: KeyFiles;
beforeEach(async () => {
  at = await createTemporaryHome();
  alice = await writeKeyFiles(join(at.home.folder, 'alice'), 'alice');
});
afterEach(() => at.remove());

async function frozenLedger() {
  const ledger = createMemoryLedger();
  (await setFreeze(ledger, agent, 'look'))._unsafeUnwrap();
  const freeze = (await currentFreeze(ledger))._unsafeUnwrap();
  if (!freeze) throw new Error('it is not frozen');
  const signature = (await signStatement(unfreezeStatement(ledger, freeze), alice.privateFile))._unsafeUnwrap();
  return { ledger, freeze, signature };
}

test('anyone may freeze, and the ledger says who and why', async () => {
  const { freeze } = await frozenLedger();
  expect(freeze).toMatchObject({ by: 'agent:codex', reason: 'look' });
});

test('an approver clears it, and the record holds the signature', async () => {
  const { ledger, freeze, signature } = await frozenLedger();
  const cleared = await clearFreeze(ledger, freeze, agent, signature, [alice.approver]);
  expect(cleared._unsafeUnwrap()).toBe('alice');
  expect((await currentFreeze(ledger))._unsafeUnwrap()).toBeUndefined();
  expect(ledger.records.at(-1)).toMatchObject({ type: 'freeze.cleared', body: { signed_by: 'alice', signature } });
});

test('somebody else does not', async () => {
  const { ledger, freeze, signature } = await frozenLedger();
  const refused = await clearFreeze(ledger, freeze, agent, signature, []);
  expect(refused._unsafeUnwrapErr().kind).toBe('meshclaw.unknown_key');
  expect((await currentFreeze(ledger))._unsafeUnwrap()).toBeDefined();
});

test('a signature clears one freeze, not the next', async () => {
  const { ledger, freeze, signature } = await frozenLedger();
  (await setFreeze(ledger, agent, 'again'))._unsafeUnwrap();
  const next = (await currentFreeze(ledger))._unsafeUnwrap() ?? freeze;
  expect((await clearFreeze(ledger, next, agent, signature, [alice.approver]))._unsafeUnwrapErr().kind).toBe(
    'meshclaw.bad_signature',
  );
  expect((await clearFreeze(ledger, freeze, agent, signature, [alice.approver]))._unsafeUnwrapErr().kind).toBe(
    'meshclaw.changed_meanwhile',
  );
});
