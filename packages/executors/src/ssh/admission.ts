/**
 * Lets few connections to one server be made at a time, and tries again where it had too many. sshd drops connections at
 * random from the tenth on that has not logged in (sshd_config(5): MaxStartups 10:30:100), and it does not count only ours.
 */

import type { ExecutorError } from '@meshclaw/core';
import { err, type Result } from 'neverthrow';
import { type Bounds, within } from './bounds.js';
import { CROWDED } from './client-error.js';
import { createSlots, type Slots } from './slots.js';

// Half of what a server takes before it drops any: somebody else may connect as well.
const AT_A_TIME = 5;
// The waits in between double; all of them together take ten seconds at most.
const TRIES = 10;
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [100, 2_000];

interface Door {
  readonly slots: Slots;
  users: number;
}
/** Of the whole process: what counts is how many there are at the server, whoever of us makes them. */
const doors = new Map<string, Door>();

/**
 * Runs `connect` when it is its turn, and again while the server closes the connection before it says who it is: nothing
 * was sent then. Err kinds: `timed_out`, `cancelled`, and those of `connect`.
 */
export async function admitted<T>(
  name: string,
  bounds: Bounds,
  connect: () => Promise<Result<T, ExecutorError>>,
): Promise<Result<T, ExecutorError>> {
  const door = doors.get(name) ?? { slots: createSlots(AT_A_TIME), users: 0 };
  doors.set(name, door);
  door.users += 1;
  try {
    for (let tries = 1; ; tries += 1) {
      const made = await inTurn(door.slots, bounds, connect);
      if (made.isOk() || made.error !== CROWDED || tries === TRIES) return made;
      if (!(await waited(bounds, tries))) return made;
    }
  } finally {
    door.users -= 1;
    if (door.users === 0) doors.delete(name);
  }
}

async function inTurn<T>(
  slots: Slots,
  bounds: Bounds,
  connect: () => Promise<Result<T, ExecutorError>>,
): Promise<Result<T, ExecutorError>> {
  const place = await slots.take(bounds);
  if (place.isErr()) return err(place.error);
  try {
    return await connect();
  } finally {
    slots.give();
  }
}

/** Half of the wait is left to chance, so that those who were dropped together do not come back together. */
async function waited(bounds: Bounds, tries: number): Promise<boolean> {
  const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
  let timer: NodeJS.Timeout | undefined;
  const wait = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  return (await within(bounds, wait, () => clearTimeout(timer))).isOk();
}
