/** Lets a fixed number through at a time, the others in the order they came. */

import type { ExecutorError } from '@meshclaw/core';
import { ok, type Result } from 'neverthrow';
import { type Bounds, within } from './bounds.js';

/** Places on a connection. */
export interface Slots {
  /** Waits for a place within the bounds. Err kinds: `timed_out`, `cancelled`. */
  take(bounds: Bounds): Promise<Result<void, ExecutorError>>;
  give(): void;
  /** Fewer places from now on, never less than one: the server opened no more. */
  narrow(): void;
  readonly inUse: number;
}

/** Places for at most `most` at a time. */
export function createSlots(most: number): Slots {
  const waiting: (() => void)[] = [];
  let [limit, inUse] = [most, 0];
  const admit = () => {
    while (inUse < limit && waiting.length > 0) {
      inUse += 1;
      waiting.shift()?.();
    }
  };
  return {
    async take(bounds) {
      let enter: () => void = () => undefined;
      let isIn = false;
      const turn = new Promise<void>((resolve) => {
        enter = () => {
          isIn = true;
          resolve();
        };
      });
      waiting.push(enter);
      admit();
      const leave = () => {
        const place = waiting.indexOf(enter);
        if (place >= 0) waiting.splice(place, 1);
        else if (isIn) {
          inUse -= 1;
          admit();
        }
      };
      return (await within(bounds, turn, leave)).andThen(() => ok(undefined));
    },
    give() {
      inUse -= 1;
      admit();
    },
    narrow() {
      limit = Math.max(1, Math.min(limit, inUse - 1));
    },
    get inUse() {
      return inUse;
    },
  };
}
