/** Pins a server's host key: decides whether it may be pinned, keeps a record, and writes it into the inventory. */

import { realpath } from 'node:fs/promises';
import { type Ledger, type NewRecord, type Subject, subjectName } from '@meshclaw/core';
import type { OfferedHostKey } from '@meshclaw/executors/ssh';
import { err, ok, type Result } from 'neverthrow';
import type { HomeError, PinError, UsageError } from '../errors.js';
import { withValue } from './edit-document.js';
import type { Home } from './home.js';
import { stageFile } from './replace-file.js';
import { findSshReach, type SshReach } from './ssh-reach.js';

/** What the caller knows about the key from elsewhere. */
export interface Given {
  /** `SHA256:…`, read where nobody in between could have changed it. */
  readonly fingerprint: string | undefined;
  /** Whether another key than the pinned one may take its place. */
  readonly replace: boolean;
}
/** What is to be pinned. `known` when it is pinned already; `confirmed` when the fingerprint that was given says so. */
export interface Choice {
  readonly key: OfferedHostKey;
  readonly known: boolean;
  readonly confirmed: boolean;
}

/** Which of the offered keys may be pinned. Err kinds: `meshclaw.fingerprint_mismatch`, `meshclaw.host_key_changed`. */
export function chooseKey(
  { pinned }: SshReach,
  offered: readonly OfferedHostKey[],
  { fingerprint, replace }: Given,
): Result<Choice, PinError> {
  const same = offered.find(({ hostKey }) => hostKey === bare(pinned));
  const named = offered.find((one) => one.fingerprint === fingerprint);
  if (fingerprint !== undefined && named === undefined) return err(mismatch(offered));
  const key = named ?? same ?? offered[0];
  if (key === undefined) return err(mismatch(offered));
  if (pinned === undefined) return ok({ key, known: false, confirmed: named !== undefined });
  if (key === same) return ok({ key, known: true, confirmed: true });
  if (!replace || named === undefined) return err(changed(offered));
  return ok({ key, known: false, confirmed: true });
}

/** `type base64`, without a comment. */
const bare = (key: string | undefined): string | undefined =>
  key
    ?.trim()
    .split(/[ \t]+/)
    .slice(0, 2)
    .join(' ');

const mismatch = (offered: readonly OfferedHostKey[]): PinError => ({
  kind: 'meshclaw.fingerprint_mismatch',
  message: 'the server offers no key with this fingerprint; nothing is pinned',
  detail: `offered: ${offered.map(({ type, fingerprint }) => `${type} ${fingerprint}`).join(', ')}`,
});
const changed = (offered: readonly OfferedHostKey[]): PinError => ({
  kind: 'meshclaw.host_key_changed',
  message: 'the server offers another key than the pinned one: it was set up again, or somebody else answers',
  detail: `offered: ${offered.map(({ type, fingerprint }) => `${type} ${fingerprint}`).join(', ')}; once you have read one of them on the server's own console: --replace --fingerprint SHA256:…`,
});

/** Who pins what, and how they know. */
export interface Pinning {
  readonly server: string;
  readonly address: string | undefined;
  readonly reach: SshReach;
  readonly key: OfferedHostKey;
  readonly by: Subject;
  readonly confirmedBy: 'fingerprint' | 'terminal';
}

/** Records the pin, then puts the inventory with it in place. The file is read again: what was edited meanwhile stays. Err kinds: every `HomeError`, `PinError` and `UsageError` of finding the server again. */
export async function pinHostKey(
  home: Home,
  ledger: Ledger,
  pinning: Pinning,
): Promise<Result<number, HomeError | UsageError | PinError>> {
  const now = await findSshReach(home, pinning.server, pinning.address);
  if (now.isErr()) return err(now.error);
  const { host, port, pinned, path, text, way } = now.value;
  const { reach, key } = pinning;
  const isSame = host === reach.host && port === reach.port && pinned === reach.pinned;
  if (!isSame || JSON.stringify(way) !== JSON.stringify(reach.way)) return err(changedMeanwhile);
  const edited = withValue(text, path, { key: 'host_key', value: key.hostKey, after: ['port', 'host', 'executor'] });
  if (edited.isErr()) return err(notEdited(`${edited.error}; add to it yourself: host_key: ${key.hostKey}`));
  const target = await realpath(home.inventory).catch(() => home.inventory); // a link stays a link
  const staged = await stageFile(target, edited.value);
  if (staged.isErr()) return err(notEdited(staged.error));
  const kept = await ledger.append([recordOf(pinning)]);
  if (kept.isErr()) {
    await staged.value.discard();
    return err({
      kind: 'meshclaw.evidence_unavailable',
      message: 'the evidence ledger cannot be used, so nothing is pinned',
      detail: kept.error.message,
    });
  }
  const done = await staged.value.place();
  return done
    .map(() => kept.value[0]?.index ?? -1)
    .mapErr((why) => notEdited(`recorded, but the file could not be replaced: ${why}`));
}

/** A fact about the server, with how it came to be believed. */
function recordOf({ server, reach, key, by, confirmedBy }: Pinning): NewRecord {
  return {
    type: 'observation.recorded',
    target: server,
    subject: subjectName(by),
    body: {
      facts: [{ name: 'ssh.host_key_pinned', value: key.fingerprint }],
      enrolment: {
        host: reach.host,
        port: reach.port,
        host_key: key.hostKey,
        confirmed_by: confirmedBy,
        ...(reach.pinned === undefined ? {} : { replaces: reach.pinned }),
      },
    },
  };
}

const changedMeanwhile: PinError = {
  kind: 'meshclaw.changed_meanwhile',
  message: 'the inventory says something else about this server than a moment ago; look again',
  detail: '',
};
const notEdited = (detail: string): PinError => ({
  kind: 'meshclaw.inventory_unchanged',
  message: 'the inventory could not be edited',
  detail,
});
