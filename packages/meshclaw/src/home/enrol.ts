/** Enrols approvers: the first is free and loud, every later one is signed for by one that is enrolled. */

import {
  type Approver,
  allowedSignersLine,
  type Ledger,
  type LedgerError,
  parseAllowedSigners,
  type RecordType,
} from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { ChangeError } from '../errors.js';
import { readApprovers } from './approvers.js';
import type { Home } from './home.js';
import { type StagedFile, stageFile } from './replace-file.js';
import { readSafely } from './safe-file.js';
import { changeStatement, checkChange } from './signed-change.js';

const APPROVER_RECORDS: readonly RecordType[] = ['approver.added', 'approver.removed'];
/** Two processes cannot both enrol the first. */
const FIRST = 'approver:first';

/** What enrolling this approver needs now. `statement` is undefined when it would be the first. */
export interface Enrolment {
  readonly approver: Approver;
  readonly enrolled: readonly Approver[];
  readonly statement: string | undefined;
  /** Ledger size when it was looked at: the append fails when approvers changed since. */
  readonly from: number;
}

/** Looks at the approvers file and the ledger. Err kinds: `meshclaw.already_enrolled`, `meshclaw.approvers_missing`, `meshclaw.approvers_unavailable`, `meshclaw.evidence_unavailable`. */
export async function prepareEnrolment(
  home: Home,
  ledger: Ledger,
  approver: Approver,
): Promise<Result<Enrolment, ChangeError>> {
  const size = await ledger.size();
  if (size.isErr()) return err(noEvidence(size.error));
  const newest = await ledger.find({ types: APPROVER_RECORDS, order: 'newest_first', limit: 1 });
  if (newest.isErr()) return err(noEvidence(newest.error));
  const enrolled = await readApprovers(home);
  if (enrolled.isErr()) return err(unusableFile(enrolled.error.detail ?? enrolled.error.message));
  const problem = conflict(enrolled.value, approver);
  if (problem) return err(problem);
  const after = newest.value[0]?.index;
  const base = { approver, enrolled: enrolled.value, from: size.value };
  if (enrolled.value.length > 0) {
    const { name, keyType, publicKey } = approver;
    const facts = { name, key_type: keyType, public_key: publicKey };
    const statement = changeStatement('approver.add', facts, { ledger: ledger.id, after: after ?? -1 });
    return ok({ ...base, statement });
  }
  // An emptied file is not a fresh start: the first approver is free once in the life of a ledger.
  return after === undefined ? ok({ ...base, statement: undefined }) : err(missing(home));
}

/** Records the approver, then puts the new file in place. Err kinds: every `ChangeError` about approvers. */
export async function enrol(
  home: Home,
  ledger: Ledger,
  { approver, enrolled, statement, from }: Enrolment,
  signature: string | undefined,
): Promise<Result<{ readonly signedBy: string | undefined; readonly index: number }, ChangeError>> {
  let signedBy: Approver | undefined;
  if (statement !== undefined) {
    if (signature === undefined) return err(signatureRequired);
    const checked = checkChange(statement, signature, enrolled);
    if (checked.isErr()) return err(checked.error);
    signedBy = checked.value;
  }
  const staged = await stageApprovers(home, approver);
  if (staged.isErr()) return err(staged.error);
  const added = record(approver, signedBy, statement, signature);
  const kept = await ledger.append([added], { types: APPROVER_RECORDS, from });
  if (kept.isErr()) {
    await staged.value.discard();
    return err(kept.error.kind === 'unavailable' ? noEvidence(kept.error) : changedMeanwhile);
  }
  const placed = await staged.value.place();
  return placed
    .map(() => ({ signedBy: signedBy?.name, index: kept.value[0]?.index ?? -1 }))
    .mapErr((detail) => unusableFile(`recorded, but the file could not be replaced: ${detail}`));
}

function record(
  { name, keyType, publicKey, fingerprint }: Approver,
  signedBy: Approver | undefined,
  statement: string | undefined,
  signature: string | undefined,
) {
  const body = {
    name,
    key_type: keyType,
    public_key: publicKey,
    fingerprint,
    first: signedBy === undefined,
    ...(signedBy ? { signed_by: signedBy.name, signer_fingerprint: signedBy.fingerprint } : {}),
    ...(statement === undefined ? {} : { statement }),
    ...(signature === undefined || statement === undefined ? {} : { signature }),
  };
  return { type: 'approver.added' as const, body, ...(signedBy === undefined ? { once: FIRST } : {}) };
}

/** The file with one line more; comments of the old one stay. */
async function stageApprovers(home: Home, approver: Approver): Promise<Result<StagedFile, ChangeError>> {
  const before = await readSafely(home.approvers);
  if (before.isErr()) return err(unusableFile(before.error.message));
  const old = before.value ?? '';
  const text = `${old}${old === '' || old.endsWith('\n') ? '' : '\n'}${allowedSignersLine(approver)}\n`;
  const readable = parseAllowedSigners(text);
  if (readable.isErr()) return err(unusableFile(readable.error.detail));
  return (await stageFile(home.approvers, text)).mapErr(unusableFile);
}

function conflict(enrolled: readonly Approver[], { name, publicKey }: Approver): ChangeError | undefined {
  const other = enrolled.find((one) => one.name === name || one.publicKey === publicKey);
  const detail = other && `${other.name} ${other.fingerprint}`;
  return detail === undefined
    ? undefined
    : { kind: 'meshclaw.already_enrolled', message: 'this name or this key is enrolled already', detail };
}

const signatureRequired: ChangeError = {
  kind: 'meshclaw.signature_required',
  message: 'an enrolled approver has to sign for this',
  detail: 'give --key <private key of an enrolled approver>, or sign the text of --statement and give --signature',
};
const changedMeanwhile: ChangeError = {
  kind: 'meshclaw.changed_meanwhile',
  message: 'the approvers changed while this was being done; look again',
  detail: 'meshclaw approvers list',
};
const missing = ({ approvers }: Home): ChangeError => ({
  kind: 'meshclaw.approvers_missing',
  message: 'the ledger knows approvers, but the file names none; the first approver is free only once',
  detail: `put ${approvers} back; "meshclaw evidence list --type approver.added" shows the keys`,
});
const unusableFile = (detail: string): ChangeError => ({
  kind: 'meshclaw.approvers_unavailable',
  message: 'the approvers file cannot be used',
  detail,
});
const noEvidence = ({ message }: LedgerError): ChangeError => ({
  kind: 'meshclaw.evidence_unavailable',
  message: 'the evidence ledger cannot be used, so nothing is changed',
  detail: message,
});
