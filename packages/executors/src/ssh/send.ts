/** Sends a line to the server a session was opened to, on whatever connection reaches it. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { Output } from '../_output/output.js';
import type { Bounds } from './bounds.js';
import { fingerprintOf } from './host-key.js';
import { type Link, notRun } from './link.js';
import type { Lease } from './pool.js';
import { type NotRun, type Run, run } from './run.js';
import type { Ended } from './watch.js';

/** A lease, and whom it reaches. */
export interface Held {
  readonly lease: Lease<Link>;
  readonly user: string;
  readonly identity: string;
}

export const CLOSED: ExecutorError = { kind: 'not_started', message: 'the session is closed' };

/** Who answers: the host key that was checked, and the account behind it. */
export const identityOf = ({ connection }: Link, user: string): string =>
  `ssh:${user}@${fingerprintOf(connection.hostKey)}`;

/** What is sent on a link; made for each, because servers and what is known of them differ. */
export type Wanted = (link: Link) => Promise<Result<Omit<Run, 'output'>, ExecutorError>>;

/** Only what was certainly not sent is sent again: on a connection made anew, or when another command has left. */
export async function send(
  { lease, user, identity }: Held,
  wanted: Wanted,
  bounds: Bounds,
  output: Output,
): Promise<Result<Ended, ExecutorError>> {
  for (let [lost, full] = [0, 0]; ; lost += 1) {
    const link = await lease.current(bounds);
    if (link.isErr()) return err(link.error);
    if (identityOf(link.value, user) !== identity) return err(ANOTHER);
    const end = await sendOn(link.value, wanted, bounds, output);
    if (end.isErr() || typeof end.value === 'object') return end as Result<Ended, ExecutorError>;
    if (end.value === 'busy' && full < MOST_FULL && bounds.remainingMs() > FULL_WAIT_MS) {
      full += 1;
      await sleep(FULL_WAIT_MS);
      continue;
    }
    if (end.value !== 'again' && (end.value !== 'gone' || lost > 0)) return err(notRun(end.value));
  }
}

/** A server counts a session until it has cleaned up after it, which is a little later than its end is told. */
const FULL_WAIT_MS = 100;
const MOST_FULL = 10;

const ANOTHER: ExecutorError = {
  kind: 'identity_mismatch',
  message: 'another server answers than the one this session was opened to',
};

async function sendOn(
  link: Link,
  wanted: Wanted,
  bounds: Bounds,
  output: Output,
): Promise<Result<Ended | NotRun | 'again', ExecutorError>> {
  const place = await link.slots.take(bounds);
  if (place.isErr()) return err(place.error);
  try {
    const sending = await wanted(link);
    if (sending.isErr()) return err(sending.error);
    const end = await run(link.connection, { ...sending.value, output }, bounds);
    if (typeof end === 'object' && end.stopped !== undefined && !end.isGone) link.retire();
    if (end !== 'busy' || link.slots.inUse < 2) return ok(end);
    link.slots.narrow();
    return ok('again');
  } finally {
    link.leave();
  }
}

export const TOO_LONG: ExecutorError = {
  kind: 'unsupported',
  message: 'invalid action: the words are longer than a server takes in one line (128 KiB)',
};
