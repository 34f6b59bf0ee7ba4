/** Runs one line on a connection from start to end. Never waits past its bounds, and always says how much is certain. */

import type { Output } from '../_output/output.js';
import type { Bounds } from './bounds.js';
import type { Opened } from './channel.js';
import type { CommandLine } from './command-line.js';
import type { Connection } from './connection.js';
import { type Ended, type Seen, watch } from './watch.js';

/** Why a line was certainly not run. */
export type NotRun = 'busy' | 'gone' | 'refused' | 'timed_out' | 'cancelled';
/** Ends the process with this id (0 where it is not known), and says whether it is gone. */
export type Stop = (pid: number) => Promise<boolean>;

// TERM, time to tidy up, KILL and a look take one second on the server. A caller never waits longer than this.
const STOP_MS = 1_800;
const DONE_IN_PART = 'the command was stopped and may have done part of its work';
const REASONS = {
  deadline: `deadline reached: ${DONE_IN_PART}`,
  cancel: `cancelled: ${DONE_IN_PART}`,
  flood: `output limit exceeded: ${DONE_IN_PART}`,
} as const;

/** What a line is run with. */
export interface Run {
  readonly line: CommandLine;
  readonly stdin?: string | undefined;
  readonly output: Output;
  readonly stop: Stop;
}

/** Runs it. A `NotRun` is certain; everything else is an `Ended`. */
export async function run(connection: Connection, wanted: Run, bounds: Bounds): Promise<Ended | NotRun> {
  const seen = watch(connection, wanted.line.mark, wanted.output);
  const expiry = expiryOf(bounds);
  try {
    return await follow(connection, wanted, seen, expiry.reached);
  } finally {
    expiry.release();
    seen.release();
  }
}

async function follow(
  connection: Connection,
  wanted: Run,
  seen: Seen,
  expired: Promise<Expiry>,
): Promise<Ended | NotRun> {
  const sending = connection.run(wanted.line.text, seen.listener);
  const opened = await Promise.race([sending.opened, expired]);
  if (typeof opened === 'string') {
    if (!sending.sent()) {
      sending.abandon();
      return opened === 'deadline' ? 'timed_out' : 'cancelled';
    }
    void sending.opened.then(closeLate);
    return stopped(wanted, seen, REASONS[opened]);
  }
  if ('failed' in opened) return opened.failed === 'lost' ? seen.ended({ isLost: true }) : opened.failed;
  opened.channel.feed(wanted.stdin);
  const why = await Promise.race([seen.finished, expired]);
  const isOver = why === 'closed' || why === 'quiet' || why === 'lost' || seen.hasExited();
  if (isOver) {
    opened.channel.close();
    return seen.ended({ isLost: why === 'lost' });
  }
  opened.channel.signal('TERM');
  const end = await stopped(wanted, seen, REASONS[why]);
  opened.channel.close();
  return end;
}

const closeLate = (opened: Opened) => {
  if ('channel' in opened) opened.channel.close();
};

async function stopped({ stop }: Run, seen: Seen, reason: string): Promise<Ended> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), STOP_MS);
  });
  const isGone = await Promise.race([stop(seen.pid()), late]);
  clearTimeout(timer);
  return seen.ended({ stopped: reason, isGone });
}

type Expiry = 'deadline' | 'cancel';

/** Resolves when the bounds are reached; until it is released. */
function expiryOf(bounds: Bounds) {
  let timer: NodeJS.Timeout | undefined;
  let cancel: () => void = () => undefined;
  const reached = new Promise<Expiry>((resolve) => {
    cancel = () => resolve('cancel');
    if (bounds.signal?.aborted) cancel();
    bounds.signal?.addEventListener('abort', cancel, { once: true });
    timer = setTimeout(() => resolve('deadline'), bounds.remainingMs());
  });
  const release = () => {
    clearTimeout(timer);
    bounds.signal?.removeEventListener('abort', cancel);
  };
  return { reached, release };
}
