/** The lock of a server, held by a process there whose standard input is a channel of ours: it ends with the channel, the connection, or its time. */

import { hostname } from 'node:os';
import type { ExecutorError, ExecutorLock } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { keepTrying, type Tried } from '../_command/keep-trying.js';
import { type LockAnswer, lockAnswer, ownerWord } from '../_command/lock-script.js';
import { markedStream } from '../_command/mark.js';
import { type Bounds, within } from './bounds.js';
import type { Channel, Opened } from './channel.js';
import { holdLine } from './command-line.js';
import { type Link, newMark, notRun } from './link.js';
import type { Lease } from './pool.js';

/** Err kinds: as `perform`; `unsupported` where the server has no flock(1), `not_started` where somebody else kept it. */
export function takeLock(
  lease: Lease<Link>,
  owner: string,
  holdMs: number,
  bounds: Bounds,
): Promise<Result<ExecutorLock, ExecutorError>> {
  const word = ownerWord(`${owner}@${hostname()}:${process.pid}`);
  return keepTrying(() => tryOnce(lease, word, holdMs, bounds), bounds);
}

async function tryOnce(
  lease: Lease<Link>,
  owner: string,
  holdMs: number,
  bounds: Bounds,
): Promise<Tried<ExecutorLock>> {
  const link = await lease.current(bounds);
  if (link.isErr()) return err(link.error);
  const place = await link.value.slots.take(bounds);
  if (place.isErr()) return err(place.error);
  const asked = await ask(link.value, owner, holdMs, bounds);
  if (asked.isOk() && asked.value.answer.is === 'held') {
    const { end } = asked.value;
    // A link on which a command's end was not seen answers nobody: its caller has waited to the end of its deadline already.
    const release = () => end(link.value.isUsable() ? END_MS : 0).finally(link.value.leave);
    return ok({ release: once(release) });
  }
  link.value.leave();
  if (asked.isErr()) return err(asked.error);
  const { answer } = asked.value;
  return answer.is === 'busy' ? ok({ busy: answer.owner }) : err(NO_LOCK);
}

const NO_LOCK: ExecutorError = { kind: 'unsupported', message: 'the server has no flock(1), or no place for its file' };
const SILENT: ExecutorError = { kind: 'not_started', message: 'the account did not say whether it has the lock' };
// The process ends by itself when its input does; this is for a server that is slow to say so.
const END_MS = 2_000;

const once = (act: () => Promise<void>) => {
  let done: Promise<void> | undefined;
  return () => {
    done ??= act();
    return done;
  };
};

/** What the server said, and what ends the process that said it. */
interface Asked {
  readonly answer: LockAnswer;
  end(mostMs: number): Promise<void>;
}

async function ask(link: Link, owner: string, holdMs: number, bounds: Bounds): Promise<Result<Asked, ExecutorError>> {
  const { connection, bound } = link;
  const line = holdLine(newMark(), holdMs, bound, owner);
  let tell: (said: string | undefined) => void = () => undefined;
  let close: () => void = () => undefined;
  const said = new Promise<string | undefined>((resolve) => {
    tell = resolve;
  });
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const stdout = markedStream(line.mark, tell, () => undefined);
  const over = () => {
    tell(undefined);
    close();
  };
  const forget = connection.onLost(over);
  const none = () => undefined;
  const sending = connection.run(line.text, { stdout: stdout.add, stderr: none, exited: none, closed: over });
  const opened = await within(bounds, sending.opened, () => void sending.opened.then(endLate));
  if (opened.isErr()) return err(opened.error);
  if ('failed' in opened.value) return err(notRun(opened.value.failed === 'lost' ? 'gone' : opened.value.failed));
  const { channel } = opened.value;
  const end = (mostMs: number) => ended(channel, closed, mostMs).finally(forget);
  const answer = (await within(bounds, said, () => undefined)).map(lockAnswer);
  if (answer.isOk() && answer.value?.is === 'held') return ok({ answer: answer.value, end });
  await end(END_MS);
  if (answer.isErr()) return err(answer.error);
  return answer.value === undefined ? err(SILENT) : ok({ answer: answer.value, end });
}

const endLate = (opened: Opened) => {
  if ('channel' in opened) opened.channel.close();
};

/** Lets go of it, and waits until the server has seen that. */
async function ended(channel: Channel, closed: Promise<void>, mostMs: number): Promise<void> {
  channel.feed(undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, mostMs);
  });
  await Promise.race([closed, late]);
  clearTimeout(timer);
  channel.close();
}
