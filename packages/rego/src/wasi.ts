// The system that the compiler module sees: a clock, randomness, a bounded stderr and an exit. There are no files, no
// network, no arguments and no environment. Source: the WASI preview 1 specification (snapshot_preview1 witx).
import { randomFillSync } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { WasmMemory } from './webassembly.js';

const SUCCESS = 0;
const BAD_DESCRIPTOR = 8;
const INVALID = 28;

const CLOCK_REALTIME = 0;
const EVENT_BYTES = 32;
const EVENT_TYPE_OFFSET = 10;
const SUBSCRIPTION_USERDATA_OFFSET = 0;
const SUBSCRIPTION_TYPE_OFFSET = 8;

/** A stack dump of Go's fits; a module that writes without end does not fill the memory. */
const STDERR_LIMIT_BYTES = 16 * 1024;

/** The system's imports, what was written to it, and the memory it works on (set once the module has started). */
export interface System {
  readonly imports: Record<string, (...values: never[]) => unknown>;
  attach(memory: WasmMemory): void;
  stderr(): string;
}

/** Builds a system for one instance. `proc_exit` throws, which ends the instance. */
export function createSystem(): System {
  let memory: WasmMemory | undefined;
  const written: Buffer[] = [];
  const view = (): DataView => {
    if (memory === undefined) throw new Error('the module used its system before it started');
    return new DataView(memory.buffer);
  };
  const refuse = (): number => BAD_DESCRIPTOR;
  return {
    imports: {
      ...clockAndRandomness(view),
      ...emptyLists(view),
      fd_write: (descriptor: number, vectors: number, count: number, total: number) =>
        writeVectors(view(), written, descriptor, vectors, count, total),
      proc_exit: (code: number) => {
        throw new Error(`the module exited with code ${code}`);
      },
      sched_yield: () => SUCCESS,
      fd_close: refuse,
      fd_fdstat_get: refuse,
      fd_fdstat_set_flags: refuse,
      fd_filestat_get: refuse,
      fd_prestat_dir_name: refuse,
      fd_prestat_get: refuse,
      fd_read: refuse,
      fd_readdir: refuse,
      fd_seek: refuse,
      path_filestat_get: refuse,
      path_open: refuse,
      path_readlink: refuse,
    },
    attach: (value) => {
      memory = value;
    },
    stderr: () => Buffer.concat(written).toString('utf8'),
  };
}

function clockAndRandomness(view: () => DataView): System['imports'] {
  return {
    clock_time_get: (clock: number, _precision: bigint, at: number) => {
      view().setBigUint64(at, clock === CLOCK_REALTIME ? wallNanoseconds() : process.hrtime.bigint(), true);
      return SUCCESS;
    },
    random_get: (at: number, length: number) => {
      randomFillSync(new Uint8Array(view().buffer, at, length));
      return SUCCESS;
    },
    poll_oneoff: (subscriptions: number, events: number, count: number, total: number) =>
      pollClocks(view(), subscriptions, events, count, total),
  };
}

function wallNanoseconds(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
}

/** Go polls only to sleep until a timer. Every subscription is answered at once: nothing here has to wait. */
function pollClocks(view: DataView, subscriptions: number, events: number, count: number, total: number): number {
  if (count === 0) return INVALID;
  for (let index = 0; index < count; index += 1) {
    const from = subscriptions + index * 48;
    const to = events + index * EVENT_BYTES;
    view.setBigUint64(to, view.getBigUint64(from + SUBSCRIPTION_USERDATA_OFFSET, true), true);
    view.setUint16(to + 8, SUCCESS, true);
    view.setUint8(to + EVENT_TYPE_OFFSET, view.getUint8(from + SUBSCRIPTION_TYPE_OFFSET));
  }
  view.setUint32(total, count, true);
  return SUCCESS;
}

function emptyLists(view: () => DataView): System['imports'] {
  const sizes = (count: number, bytes: number): number => {
    view().setUint32(count, 0, true);
    view().setUint32(bytes, 0, true);
    return SUCCESS;
  };
  return {
    args_sizes_get: sizes,
    environ_sizes_get: sizes,
    args_get: () => SUCCESS,
    environ_get: () => SUCCESS,
  };
}

function writeVectors(
  view: DataView,
  written: Buffer[],
  descriptor: number,
  vectors: number,
  count: number,
  total: number,
): number {
  if (descriptor !== 1 && descriptor !== 2) return BAD_DESCRIPTOR;
  let bytes = 0;
  for (let index = 0; index < count; index += 1) {
    const at = view.getUint32(vectors + index * 8, true);
    const length = view.getUint32(vectors + index * 8 + 4, true);
    const room = STDERR_LIMIT_BYTES - written.reduce((sum, part) => sum + part.length, 0);
    if (room > 0) written.push(Buffer.from(new Uint8Array(view.buffer, at, Math.min(length, room))));
    bytes += length;
  }
  view.setUint32(total, bytes, true);
  return SUCCESS;
}
