import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllowedSigners } from '@meshclaw/core';
import { createMemoryLedger, type MemoryLedger } from '@meshclaw/core/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type KeyFiles, writeKeyFiles } from '../_testing/approver-key.js';
import { createTemporaryHome, type TemporaryHome } from '../_testing/temporary-home.js';
import { enrol, prepareEnrolment } from './enrol.js';
import { signStatement } from './sign.js';

let at: TemporaryHome;
let ledger: MemoryLedger;
let alice: KeyFiles;
let bob: KeyFiles;
beforeEach(async () => {
  at = await createTemporaryHome();
  ledger = createMemoryLedger();
  alice = await writeKeyFiles(join(at.home.folder, 'alice'), 'alice');
  bob = await writeKeyFiles(join(at.home.folder, 'bob'), 'bob');
});
afterEach(() => at.remove());

const prepare = async (who: KeyFiles) => (await prepareEnrolment(at.home, ledger, who.approver))._unsafeUnwrap();
const refused = async (who: KeyFiles) => (await prepareEnrolment(at.home, ledger, who.approver))._unsafeUnwrapErr();
const sign = async (statement: string | undefined, by: KeyFiles) =>
  (await signStatement(statement ?? '', by.privateFile))._unsafeUnwrap();
const addFirst = async () => (await enrol(at.home, ledger, await prepare(alice), undefined))._unsafeUnwrap();
const names = async () =>
  parseAllowedSigners(await readFile(at.home.approvers, 'utf8'))
    ._unsafeUnwrap()
    .map(({ name }) => name);

test('the first approver needs no signature and is on record before the file', async () => {
  await addFirst();
  expect(await names()).toEqual(['alice']);
  expect((await stat(at.home.approvers)).mode & 0o777).toBe(0o600);
  expect(ledger.records).toMatchObject([{ type: 'approver.added', body: { name: 'alice', first: true } }]);
});

test('every later approver needs the signature of an enrolled one', async () => {
  await addFirst();
  const enrolment = await prepare(bob);
  expect((await enrol(at.home, ledger, enrolment, undefined))._unsafeUnwrapErr().kind).toBe(
    'meshclaw.signature_required',
  );
  const own = await sign(enrolment.statement, bob);
  expect((await enrol(at.home, ledger, enrolment, own))._unsafeUnwrapErr().kind).toBe('meshclaw.unknown_key');
  const other = await sign(`${enrolment.statement} `, alice);
  expect((await enrol(at.home, ledger, enrolment, other))._unsafeUnwrapErr().kind).toBe('meshclaw.bad_signature');
  expect(await names()).toEqual(['alice']);
  const good = await sign(enrolment.statement, alice);
  expect((await enrol(at.home, ledger, enrolment, good))._unsafeUnwrap().signedBy).toBe('alice');
  expect(await names()).toEqual(['alice', 'bob']);
});

test('a signature for one key is none for another', async () => {
  await addFirst();
  const signature = await sign((await prepare(bob)).statement, alice);
  const mallory = await writeKeyFiles(join(at.home.folder, 'mallory'), 'bob');
  const refusal = await enrol(at.home, ledger, await prepare(mallory), signature);
  expect(refusal._unsafeUnwrapErr().kind).toBe('meshclaw.bad_signature');
});

test('a signature is void once the approvers have changed', async () => {
  await addFirst();
  const carol = await writeKeyFiles(join(at.home.folder, 'carol'), 'carol');
  const early = await sign((await prepare(carol)).statement, alice);
  const enrolment = await prepare(bob);
  (await enrol(at.home, ledger, enrolment, await sign(enrolment.statement, alice)))._unsafeUnwrap();
  expect((await enrol(at.home, ledger, await prepare(carol), early))._unsafeUnwrapErr().kind).toBe(
    'meshclaw.bad_signature',
  );
});

test('of two that enrol the first at once, one is the first', async () => {
  const both = await Promise.all([prepare(alice), prepare(bob)]);
  const ended = [];
  for (const one of both) ended.push(await enrol(at.home, ledger, one, undefined));
  expect(ended.map((result) => (result.isOk() ? 'enrolled' : result.error.kind))).toEqual([
    'enrolled',
    'meshclaw.changed_meanwhile',
  ]);
  expect(await names()).toEqual(['alice']);
});

test('an emptied approvers file is not a fresh start', async () => {
  await addFirst();
  await writeFile(at.home.approvers, '');
  expect((await refused(bob)).kind).toBe('meshclaw.approvers_missing');
});

test('a name or a key is enrolled once', async () => {
  await addFirst();
  expect((await refused(alice)).kind).toBe('meshclaw.already_enrolled');
  const again = await writeKeyFiles(join(at.home.folder, 'again'), 'alice');
  expect((await refused(again)).kind).toBe('meshclaw.already_enrolled');
});

test('without a ledger nobody is enrolled, and no file is left behind', async () => {
  const enrolment = await prepare(alice);
  ledger.failAppends(() => true);
  expect((await enrol(at.home, ledger, enrolment, undefined))._unsafeUnwrapErr().kind).toBe(
    'meshclaw.evidence_unavailable',
  );
  await expect(stat(at.home.approvers)).rejects.toThrow('ENOENT');
  expect(ledger.records).toEqual([]);
});

test('a broken line in the file refuses every change', async () => {
  await addFirst();
  await writeFile(at.home.approvers, 'alice cert-authority ssh-ed25519 AAAA\n');
  expect(await refused(bob)).toMatchObject({
    kind: 'meshclaw.approvers_unavailable',
    detail: expect.stringContaining(':1:1'),
  });
});
