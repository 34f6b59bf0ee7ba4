/**
 * Several reads of one server as one command, and its answer back as one outcome a read: one round trip instead of many.
 *
 * A constant script is handed the words as positional parameters and a random mark on its standard input, so that no other
 * account of the server sees it among the processes and nothing that is read can be taken for a frame. Both streams are framed alike:
 * `begin <bound>`, then whatever a read prints and `end <index> <exit code>` for each read, then `done`. What has no end is unknown.
 */

import type { CommandAction } from './action.js';
import type { Captured, Outcome } from './outcome.js';

/** What frames are told by. */
export interface FrameOptions {
  /** Random hex digits, new for each use; at least 128 bits. */
  readonly mark: string;
  /** Time for a single read, where the server can bound it; whole seconds, at least one. */
  readonly readTimeoutMs: number;
}
/** Where the bytes of one stream of one read go. */
export interface FrameCapture {
  add(chunk: Uint8Array): void;
  /** Bytes so far. */
  bytes(): number;
  captured(stillOpen: boolean): Captured;
}
/** One stream of a framed answer, as it comes in. */
export interface FramedStream {
  add(chunk: Uint8Array): void;
  /** Bytes of the read that is printing now. */
  bytes(): number;
}
/** An answer that is being taken apart. */
export interface Unframe {
  readonly stdout: FramedStream;
  readonly stderr: FramedStream;
  /** One outcome a read, in order: exited where its end was seen on both streams, else unknown for that reason. */
  outcomes(reason: string, durationMs: number): readonly Outcome[];
}

// The exit code of timeout(1) of coreutils and BusyBox for a command that it ended.
const TIMED_OUT = 124;

// Each read is a child in the background, because a shell acts on TERM only while it waits; its input is empty, so that it cannot eat the script's.
const START = `IFS= read -r mark || exit 125
child=
trap 'if [ -n "$child" ]; then kill -s TERM "$child"; fi; exit 143' TERM
say() { printf '\\n@@%s %s\\n' "$mark" "$1"; printf '\\n@@%s %s\\n' "$mark" "$1" >&2; }
bound=none
if timeout -k 1 1 true; then bound=kill; elif timeout 1 true; then bound=term; fi >/dev/null 2>&1 </dev/null
limit=$1
shift
read_one() {
  index=$1 dir=$2
  shift 2
  (
    if [ -n "$dir" ]; then cd "$dir" || exit 125; fi
    case $bound in
      kill) exec timeout -k 1 "$limit" "$@" ;;
      term) exec timeout "$limit" "$@" ;;
      *) exec "$@" ;;
    esac
  ) </dev/null &
  child=$!
  wait "$child"
  code=$?
  child=
  say "end $index $code"
}
say "begin $bound"`;

/** True for an action that can be one of several in a frame: a command that is given no standard input. */
export function isFrameable(action: CommandAction): boolean {
  return action.stdin === undefined;
}

/** One command for several reads that are performed as the same account. Their words are parameters; the script's text depends on their number alone. */
export function frameReads(actions: readonly CommandAction[], { mark, readTimeoutMs }: FrameOptions): CommandAction {
  const groups = actions.map(({ argv, cwd }) => [folder(cwd), ...argv]);
  const calls = groups.map((words, index) => {
    const parameters = words.map((_, place) => `"\${${place + 1}}"`).join(' ');
    return `read_one ${index} ${parameters}\nshift ${words.length}`;
  });
  const limit = Math.max(1, Math.floor(readTimeoutMs / 1_000));
  const text = [START, ...calls, 'say done', ''].join('\n');
  return {
    kind: 'command',
    argv: ['sh', '-c', text, 'meshclaw', String(limit), ...groups.flat()],
    stdin: `${mark}\n`,
    as: actions[0]?.as ?? 'login',
  };
}

const folder = (cwd: string | undefined): string =>
  cwd === undefined || cwd.startsWith('/') ? (cwd ?? '') : `./${cwd}`;

/** Takes the answer of `frameReads` apart while it comes in. `createCapture` is called for each stream of each read. */
export function unframeReads(count: number, mark: string, createCapture: () => FrameCapture): Unframe {
  const stdout = framedStream(count, mark, createCapture);
  const stderr = framedStream(count, mark, createCapture);
  return {
    stdout,
    stderr,
    outcomes: (reason, durationMs) =>
      Array.from({ length: count }, (_, index) => {
        const captured = { stdout: stdout.captured(index), stderr: stderr.captured(index), durationMs };
        const code = stdout.exitCode(index);
        if (code === undefined || code !== stderr.exitCode(index)) return { kind: 'unknown', reason, ...captured };
        if (code === TIMED_OUT && stdout.bound() !== 'none')
          return { kind: 'unknown', reason: 'deadline reached: the read took longer than its share', ...captured };
        return { kind: 'exited', exitCode: code, ...captured };
      }),
  };
}

function framedStream(count: number, mark: string, createCapture: () => FrameCapture) {
  const start = Buffer.from(`\n@@${mark} `);
  const captures = Array.from({ length: count }, createCapture);
  const exitCodes: number[] = [];
  let bound = 'none';
  let at = 'before' as 'before' | 'reads' | 'after';
  const isOver = () => at === 'after';
  let held = Buffer.alloc(0);
  const content = (bytes: Uint8Array) => {
    if (at === 'reads' && bytes.length > 0) captures[exitCodes.length]?.add(bytes);
  };
  /** A frame that is not the next one is nobody's: from there on nothing is believed. */
  const frame = (words: string) => {
    const [, index, code] = /^end (\d+) (\d+)$/.exec(words) ?? [];
    const begun = /^begin (kill|term|none)$/.exec(words)?.[1];
    if (at === 'before' && begun !== undefined) [at, bound] = ['reads', begun];
    else if (at === 'reads' && index === String(exitCodes.length) && exitCodes.length < count)
      exitCodes.push(Number(code));
    else at = 'after';
  };
  return {
    bytes: () => captures[exitCodes.length]?.bytes() ?? 0,
    bound: () => bound,
    exitCode: (index: number) => exitCodes[index],
    captured(index: number): Captured {
      // What could still have become a frame is content once nothing more comes.
      if (index === exitCodes.length) {
        content(held);
        held = Buffer.alloc(0);
      }
      return (captures[index] ?? createCapture()).captured(exitCodes[index] === undefined);
    },
    add(chunk: Uint8Array) {
      if (isOver()) return;
      held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
      for (;;) {
        const begin = held.indexOf(start);
        const end = begin === -1 ? -1 : held.indexOf(10, begin + start.length);
        content(held.subarray(0, begin === -1 ? Math.max(0, held.length - start.length + 1) : begin));
        if (end === -1) {
          held = held.subarray(begin === -1 ? Math.max(0, held.length - start.length + 1) : begin);
          if (begin !== -1 && held.length > start.length + LONGEST_WORDS) at = 'after';
          return;
        }
        frame(held.toString('latin1', begin + start.length, end));
        held = held.subarray(end + 1);
        if (isOver()) return;
      }
    },
  };
}

// `end`, an index and an exit code.
const LONGEST_WORDS = 32;
