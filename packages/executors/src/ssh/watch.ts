/** Keeps what is seen of a line that runs, and notices its end. */

import { type MarkedStream, markedStream } from '../_command/mark.js';
import type { Output, Sink } from '../_output/output.js';
import type { ChannelListener } from './channel.js';
import type { Connection } from './connection.js';

/** How a line ended. Whatever is undefined was not seen. */
export interface Ended {
  /** What the script said before it started anything: `start <pid>` or why not. */
  readonly said: string | undefined;
  readonly exit: { readonly code: number | null; readonly signal: string | null } | undefined;
  /** Why it was ended from here. */
  readonly stopped: string | undefined;
  /** True when what was ended from here is certainly gone. */
  readonly isGone: boolean;
  /** True when more may be printed, or was printed, than was read. */
  readonly stillOpen: { readonly stdout: boolean; readonly stderr: boolean };
  readonly isLost: boolean;
}
/** Why nothing more is waited for. */
export type Finish = 'closed' | 'quiet' | 'lost' | 'flood';
/** What was seen so far. */
export interface Seen {
  readonly listener: ChannelListener;
  readonly finished: Promise<Finish>;
  hasExited(): boolean;
  /** The id of the process, 0 while it is not known. */
  pid(): number;
  ended(more: { readonly isLost?: boolean; readonly stopped?: string; readonly isGone?: boolean }): Ended;
  /** Takes nothing in any more. */
  release(): void;
}

// A daemon that the command left behind may hold its output open for ever: this much silence after the exit is the end.
const QUIET_MS = 500;
// What an account's start-up files may print at most.
const NOISE_BYTES = 16 * 1_048_576;

/** Watches what a connection tells of a line with this mark. */
export function watch(connection: Connection, mark: string, output: Output): Seen {
  const seen: {
    said?: string;
    exit?: NonNullable<Ended['exit']>;
    isClosed?: true;
    isMarked?: true;
    isReleased?: true;
  } = {};
  const { promise: finished, resolve: finish } = withResolvers<Finish>();
  let quiet: NodeJS.Timeout | undefined;
  const waitForQuiet = () => {
    clearTimeout(quiet);
    if (seen.exit !== undefined) quiet = setTimeout(() => finish('quiet'), QUIET_MS);
  };
  const listen = (sink: Sink, said: (words: string) => void) => {
    const stream: MarkedStream = markedStream(mark, said, sink.add);
    return (chunk: Buffer) => {
      if (seen.isReleased) return;
      stream.add(chunk);
      if (sink.isFlooded() || stream.noise() > NOISE_BYTES) finish('flood');
      waitForQuiet();
    };
  };
  const forget = connection.onLost(() => finish('lost'));
  const listener: ChannelListener = {
    stdout: listen(output.stdout, (words) => {
      seen.said = words;
    }),
    stderr: listen(output.stderr, () => {
      seen.isMarked = true;
    }),
    exited(code, signal) {
      seen.exit = { code, signal };
      waitForQuiet();
    },
    closed() {
      seen.isClosed = true;
      finish('closed');
    },
  };
  return {
    listener,
    finished,
    hasExited: () => seen.exit !== undefined,
    pid: () => Number(/^start (\d+)$/.exec(seen.said ?? '')?.[1] ?? 0),
    ended: ({ isLost = false, stopped, isGone = false }) => ({
      said: seen.said,
      exit: seen.exit,
      stopped,
      isGone,
      isLost,
      stillOpen: { stdout: !seen.isClosed, stderr: !seen.isClosed || !seen.isMarked },
    }),
    release() {
      seen.isReleased = true;
      clearTimeout(quiet);
      forget();
    },
  };
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
