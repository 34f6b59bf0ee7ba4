/** Keeps connections for the next command, one for each login. What is kept is looked at before it is used again. */

import type { ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { type Bounds, boundsOf, overdue, within } from './bounds.js';
import { type HostCheck, logIn } from './client.js';
import { credentialsOf } from './credentials.js';
import { isAlive, type Link, linkOf } from './link.js';
import { loginOf, type SshSettings } from './settings.js';
import { hostCheckOf } from './trust.js';

/** A place in the pool that is held until it is given back. */
export interface Lease {
  /** A link that can be used now: the kept one, or a new one where that is gone. Err kinds: as `take`. */
  link(bounds: Bounds): Promise<Result<Link, ExecutorError>>;
  giveBack(): void;
}
/** Connections of one executor. */
export interface Pool {
  /** Err kinds: all of `ExecutorError`. */
  take(settings: SshSettings, bounds: Bounds): Promise<Result<{ lease: Lease; link: Link }, ExecutorError>>;
  /** Closes what is kept and forgets it. Outcomes of commands that run become unknown. */
  close(): void;
}

// An idle connection costs a server one process; the next question often comes within this.
const IDLE_MS = 60_000;
// A connection that was idle this long may have been dropped on the way: it is asked for a sign of life first.
const FRESH_MS = 5_000;
const ALIVE_MS = 3_000;

interface Place {
  readonly settings: SshSettings;
  link: Link | undefined;
  making: Promise<Result<Link, ExecutorError>> | undefined;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

/** An empty pool. Nothing in it keeps the process alive while nobody holds a lease. */
export function createPool(): Pool {
  const places = new Map<string, Place>();
  const release = (name: string, place: Place) => {
    place.users -= 1;
    if (place.users > 0) return;
    place.link?.connection.keepsAlive(false);
    place.idle = setTimeout(() => drop(name, place), IDLE_MS).unref();
  };
  const drop = (name: string, place: Place) => {
    clearTimeout(place.idle);
    if (places.get(name) === place) places.delete(name);
    place.link?.retire();
  };
  return {
    async take(settings, bounds) {
      const name = JSON.stringify(settings);
      const place = places.get(name) ?? { settings, link: undefined, making: undefined, users: 0, idle: undefined };
      places.set(name, place);
      place.users += 1;
      clearTimeout(place.idle);
      const giveBack = once(() => release(name, place));
      const link = await usable(place, bounds);
      if (link.isOk()) return ok({ link: link.value, lease: { link: (within) => current(place, within), giveBack } });
      giveBack();
      return err(link.error);
    },
    close() {
      for (const [name, place] of places) {
        place.link?.connection.end();
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

/** The kept link while it is fresh, without another look at files or server. */
async function current(place: Place, bounds: Bounds): Promise<Result<Link, ExecutorError>> {
  const kept = place.link;
  return kept?.isUsable() && kept.idleMs() < FRESH_MS ? ok(kept) : usable(place, bounds);
}

/** The host key is checked against settings and files as they are now, also on a connection that is kept. */
async function usable(place: Place, bounds: Bounds): Promise<Result<Link, ExecutorError>> {
  const check = await hostCheckOf(place.settings);
  if (check.isErr()) return err(check.error);
  for (;;) {
    const over = overdue(bounds);
    if (over !== undefined) return err(over);
    const kept = place.link;
    if (kept?.isUsable() && check.value.check(kept.connection.hostKey) === undefined && (await isFresh(kept, bounds))) {
      kept.connection.keepsAlive(true);
      return ok(kept);
    }
    if (bounds.signal?.aborted) continue;
    if (place.link === kept) place.link = undefined;
    kept?.retire();
    const made = await makeOnce(place, check.value, bounds);
    if (made !== 'again') return made;
  }
}

/** True for a link in use, one that was used just now, and one that answers. */
async function isFresh(link: Link, bounds: Bounds): Promise<boolean> {
  if (link.slots.inUse > 0 || link.idleMs() < FRESH_MS) return true;
  const limits = { timeoutMs: Math.min(ALIVE_MS, bounds.remainingMs()) };
  return isAlive(link, boundsOf(bounds.signal === undefined ? limits : { ...limits, signal: bounds.signal }));
}

/** One connection is made for all who wait. Whoever waited for one that ran into its maker's bounds tries again by himself. */
async function makeOnce(
  place: Place,
  check: HostCheck,
  bounds: Bounds,
): Promise<Result<Link, ExecutorError> | 'again'> {
  const another = place.making;
  if (another !== undefined) {
    const made = (await within(bounds, another, () => undefined)).andThen((result) => result);
    if (made.isOk() || overdue(bounds) !== undefined) return made;
    return made.error.kind === 'timed_out' || made.error.kind === 'cancelled' ? 'again' : made;
  }
  place.making = make(place.settings, check, bounds);
  const made = await place.making;
  place.making = undefined;
  if (made.isOk()) place.link = made.value;
  return made;
}

async function make(settings: SshSettings, check: HostCheck, bounds: Bounds): Promise<Result<Link, ExecutorError>> {
  const methods = await credentialsOf(settings);
  if (methods.isErr()) return err(methods.error);
  const login = { user: loginOf(settings), methods: methods.value };
  const connection = await logIn(settings, check, login, bounds);
  if (connection.isErr()) return err(connection.error);
  const link = await linkOf(connection.value, bounds);
  if (link.isErr()) connection.value.destroy();
  return link;
}
