/** Tells people that an approval waits or was answered: after it is on record, beside everything else, and never more than where to look. */

import { createHmac } from 'node:crypto';
import type { Ledger, NewRecord } from '@meshclaw/core';
import { handText, postText } from '@meshclaw/executors/notify';
import { err, ok, type Result } from 'neverthrow';
import { visibleLine } from '../output/escape.js';
import { readSafely } from './safe-file.js';
import { type Notification, notificationName } from './settings.js';

/** What is told. `digest` is the head of the digest: enough to compare, too little to be anything else. */
export interface Told {
  readonly event: 'approval.requested' | 'approval.granted' | 'approval.denied';
  readonly approval: string;
  readonly digest: string;
  readonly asked_by: string;
  readonly look: string;
}
/** A ledger that tells, and the way to wait until everybody was told. */
export interface Notifying<L extends Ledger> {
  readonly ledger: L;
  flush(): Promise<void>;
}

const EVENTS: readonly string[] = ['approval.requested', 'approval.granted', 'approval.denied'];
const DIGEST_HEAD = 12;
/** Whoever listens must not keep MeshClaw from ending. */
const TELLING_MS = 5_000;
/** A burst is told of in part; what waits is in `approvals list` all the same. */
const MOST_AT_ONCE = 32;

/** Wraps the ledger. Failures are records (`notification.failed`) and change nothing else. */
export function createNotifying<L extends Ledger>(ledger: L, notifications: readonly Notification[]): Notifying<L> {
  const telling = new Set<Promise<void>>();

  const tell = async (one: Notification, told: Told): Promise<void> => {
    const sent = await send(one, told).catch(() => err('it could not be told'));
    if (sent.isOk()) return;
    const body = { event: told.event, to: notificationName(one), why: sent.error };
    const kept = await ledger.append([{ type: 'notification.failed', approval: told.approval, body }]);
    if (kept.isErr()) process.emitWarning(`${body.to} could not be told: ${body.why}`, 'MeshClawNotification');
  };
  const begin = (records: readonly NewRecord[]): void => {
    for (const told of records.flatMap(toldOf)) {
      for (const one of notifications) {
        if (telling.size >= MOST_AT_ONCE) return;
        const under = tell(one, told).finally(() => telling.delete(under));
        telling.add(under);
      }
    }
  };
  const append: Ledger['append'] = (records, unless) =>
    ledger.append(records, unless).map((receipts) => {
      begin(records);
      return receipts;
    });
  return {
    ledger: { ...ledger, append },
    flush: async () => {
      await Promise.allSettled(telling);
    },
  };
}

/** What there is to tell about a record. Pure. */
export function toldOf({ type, approval, digest = '', subject = '' }: NewRecord): readonly Told[] {
  if (!EVENTS.includes(type) || approval === undefined) return [];
  const event = type as Told['event'];
  const look = `meshclaw approvals show ${approval}`;
  return [{ event, approval, digest: digest.slice(0, DIGEST_HEAD), asked_by: visibleLine(subject), look }];
}

async function send(one: Notification, told: Told): Promise<Result<void, string>> {
  const text = JSON.stringify({ v: 1, ...told });
  if ('command' in one) return handText(one.command, `${text}\n`, TELLING_MS);
  if ('webhook' in one) {
    const secret = await secretOf('secret_file' in one ? { file: one.secret_file } : { env: one.secret_env });
    if (secret.isErr()) return err(secret.error);
    if (secret.value === undefined) return err('it has no secret');
    const headers = { 'content-type': 'application/json', 'x-meshclaw-signature': signatureOf(text, secret.value) };
    return postText({ url: one.webhook, headers, body: text, timeoutMs: TELLING_MS });
  }
  const token = await secretOf({ file: one.token_file, env: one.token_env });
  if (token.isErr()) return err(token.error);
  const headers = {
    title: TITLES[told.event],
    ...(token.value === undefined ? {} : { authorization: `Bearer ${token.value}` }),
  };
  const body = `${told.approval}, asked by ${told.asked_by}, digest ${told.digest}…\n${told.look}`;
  return postText({ url: one.ntfy, headers, body, timeoutMs: TELLING_MS });
}

const TITLES: Readonly<Record<Told['event'], string>> = {
  'approval.requested': 'MeshClaw: an approval waits',
  'approval.granted': 'MeshClaw: an approval was granted',
  'approval.denied': 'MeshClaw: an approval was denied',
};

/** `t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>", hex>`: whoever has the secret can check both text and time. */
export function signatureOf(text: string, secret: string, seconds: number = Math.floor(Date.now() / 1_000)): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${text}`).digest('hex')}`;
}

/** One line from a file, or a variable; undefined where neither is named. The error never holds it. */
async function secretOf(from: {
  readonly file?: string | undefined;
  readonly env?: string | undefined;
}): Promise<Result<string | undefined, string>> {
  if (from.file !== undefined) {
    const text = await readSafely(from.file);
    const secret = text.isOk() ? text.value?.trim() : '';
    return secret ? ok(secret) : err('its secret cannot be read');
  }
  if (from.env === undefined) return ok(undefined);
  const value = process.env[from.env];
  return value ? ok(value) : err('its secret is not in the environment');
}
