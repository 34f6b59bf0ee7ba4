/** Keeps connections for the next use, one for each destination. What is kept is looked at before it is used again. */

import type { ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { type Bounds, boundsOf, overdue, within } from './bounds.js';
import type { HostCheck } from './client.js';
import type { Connection } from './connection.js';
import type { Destination } from './destination.js';
import { hostCheckOf } from './trust.js';

/** A connection with what is known of it. */
export interface Kept {
  readonly connection: Connection;
  /** False once it is lost or retired. */
  isUsable(): boolean;
  /** How long there was no sign of life. */
  idleMs(): number;
  /** Lets what runs come to its end, and nothing else begin. */
  retire(): void;
}
/** A place in the pool that is held until it is given back. */
export interface Lease<K extends Kept> {
  /** What can be used now: the kept one, or a new one where that is gone. Err kinds: as `take`. */
  current(bounds: Bounds): Promise<Result<K, ExecutorError>>;
  giveBack(): void;
}
/** Connections of one executor and one purpose. */
export interface Pool<K extends Kept> {
  /** Err kinds: all of `ExecutorError`. */
  take(destination: Destination, bounds: Bounds): Promise<Result<{ lease: Lease<K>; kept: K }, ExecutorError>>;
  /** Closes what is kept and forgets it. Outcomes of commands that run become unknown. */
  close(): void;
}
/** Makes what is kept. Err kinds: all of `ExecutorError`. */
export type Make<K> = (to: Destination, check: HostCheck, bounds: Bounds) => Promise<Result<K, ExecutorError>>;
/** How long things are waited for. */
export interface Times {
  /** An idle connection costs a server one process; the next question often comes within this. */
  readonly idleMs: number;
  /** A connection that was silent this long may have been dropped on the way: it is asked for a sign of life before it is used. */
  readonly freshMs: number;
  /** A peer that says nothing is asked at this interval, and is lost after the third question. */
  readonly keepAliveMs: number;
}

/** What suits servers. */
export const TIMES: Times = { idleMs: 60_000, freshMs: 5_000, keepAliveMs: 15_000 };
const ALIVE_MS = 3_000;

interface Place<K> {
  readonly destination: Destination;
  readonly make: Make<K>;
  readonly freshMs: number;
  kept: K | undefined;
  making: Promise<Result<K, ExecutorError>> | undefined;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

/** An empty pool. Nothing in it keeps the process alive while nobody holds a lease. */
export function createPool<K extends Kept>(make: Make<K>, { idleMs, freshMs }: Times): Pool<K> {
  const places = new Map<string, Place<K>>();
  const release = (name: string, place: Place<K>) => {
    place.users -= 1;
    if (place.users > 0) return;
    place.kept?.connection.keepsAlive(false);
    place.idle = setTimeout(() => drop(name, place), idleMs).unref();
  };
  const drop = (name: string, place: Place<K>) => {
    clearTimeout(place.idle);
    if (places.get(name) === place) places.delete(name);
    place.kept?.retire();
  };
  const empty = { make, freshMs, kept: undefined, making: undefined, users: 0, idle: undefined };
  return {
    async take(destination, bounds) {
      const name = JSON.stringify(destination);
      const place: Place<K> = places.get(name) ?? { destination, ...empty };
      places.set(name, place);
      place.users += 1;
      clearTimeout(place.idle);
      const giveBack = once(() => release(name, place));
      const kept = await usable(place, bounds);
      if (kept.isOk())
        return ok({ kept: kept.value, lease: { current: (within) => current(place, within), giveBack } });
      giveBack();
      return err(kept.error);
    },
    close() {
      for (const [name, place] of places) {
        place.kept?.connection.end();
        drop(name, place);
      }
    },
  };
}

const once = (act: () => void) => {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
};

/** The kept one while it is fresh, without another look at files or server. */
async function current<K extends Kept>(place: Place<K>, bounds: Bounds): Promise<Result<K, ExecutorError>> {
  const { kept, freshMs } = place;
  return kept?.isUsable() && kept.idleMs() < freshMs ? ok(kept) : usable(place, bounds);
}

/** The host key is checked against settings and files as they are now, also on a connection that is kept. */
async function usable<K extends Kept>(place: Place<K>, bounds: Bounds): Promise<Result<K, ExecutorError>> {
  const check = await hostCheckOf(place.destination);
  if (check.isErr()) return err(check.error);
  for (;;) {
    const over = overdue(bounds);
    if (over !== undefined) return err(over);
    const kept = place.kept;
    if (kept !== undefined && (await isGood(place, kept, check.value, bounds))) {
      kept.connection.keepsAlive(true);
      return ok(kept);
    }
    if (bounds.signal?.aborted) continue;
    if (place.kept === kept) place.kept = undefined;
    kept?.retire();
    const made = await makeOnce(place, check.value, bounds);
    if (made !== 'again') return made;
  }
}

/** True for one whose host key is still right and that was heard of just now, or answers. */
async function isGood<K extends Kept>(
  { freshMs }: Place<K>,
  kept: K,
  check: HostCheck,
  bounds: Bounds,
): Promise<boolean> {
  if (!kept.isUsable() || check.check(kept.connection.hostKey) !== undefined) return false;
  return kept.idleMs() < freshMs || isAlive(kept, bounds);
}

/** Whether the server still answers on a connection that was idle. */
async function isAlive({ connection }: Kept, { signal, remainingMs }: Bounds): Promise<boolean> {
  const limits = { timeoutMs: Math.min(ALIVE_MS, remainingMs()) };
  const bounds = boundsOf(signal === undefined ? limits : { ...limits, signal });
  return (await within(bounds, connection.answers(), () => undefined)).unwrapOr(false);
}

/** One connection is made for all who wait. Whoever waited for one that ran into its maker's bounds tries again by himself. */
async function makeOnce<K extends Kept>(
  place: Place<K>,
  check: HostCheck,
  bounds: Bounds,
): Promise<Result<K, ExecutorError> | 'again'> {
  const another = place.making;
  if (another !== undefined) {
    const made = (await within(bounds, another, () => undefined)).andThen((result) => result);
    if (made.isOk() || overdue(bounds) !== undefined) return made;
    return made.error.kind === 'timed_out' || made.error.kind === 'cancelled' ? 'again' : made;
  }
  place.making = place.make(place.destination, check, bounds);
  const made = await place.making;
  place.making = undefined;
  if (made.isOk()) place.kept = made.value;
  return made;
}
