/** What is told of a unit, and how systemctl's properties become it. */

import type { ParseError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import { unparseable, wholeNumber } from '../_text/read-text.js';
import { type Properties, readProperties } from './properties.js';

// org.freedesktop.systemd1(5), written with "_". A word that is not here is not understood, and not guessed.
const LOADS = ['stub', 'loaded', 'not_found', 'bad_setting', 'error', 'merged', 'masked'] as const;
const ACTIVES = [
  'active',
  'reloading',
  'refreshing',
  'inactive',
  'failed',
  'activating',
  'deactivating',
  'maintenance',
] as const;

// Words of systemd's own: anything else is not understood, and none can carry more than a word.
const Word = z.string().regex(/^[a-z0-9-]{1,64}$/);

/** What one look at a unit tells. `null` is what systemd does not tell of it, or of a unit of its type. */
export const UnitState = z.strictObject({
  /** The unit's own name, which is not the one that was asked for when that was an alias. */
  unit: z.string().regex(/^[A-Za-z0-9:_.\\@-]{1,255}$/),
  /** `not_found`: there is no such unit; one that runs on after its file went is `active` all the same. */
  load: z.enum(LOADS),
  active: z.enum(ACTIVES),
  /** The state as units of its type have it: `running`, `exited`, `dead`, `auto-restart` … */
  sub: Word,
  /** Made anew at each start; 32 hex digits. */
  invocation: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .nullable(),
  /** How a service runs: `simple`, `oneshot`, `notify` … */
  type: Word.nullable(),
  /** Of its last run, `null` when none is known: `success`, `exit-code`, `signal`, `timeout`, `start-limit-hit` … */
  result: Word.nullable(),
  /** How often it was started again by itself; `null` when no run is known. */
  restarts: z.int().nonnegative().nullable(),
  /** `enabled`, `disabled`, `static`, `masked` … */
  enablement: Word.nullable(),
});
export type UnitState = z.output<typeof UnitState>;

/** One unit in a list. */
export const ListedUnit = UnitState.extend({ description: z.string().nullable() });
export type ListedUnit = z.output<typeof ListedUnit>;

/** Reads what `STATUS_SCRIPT` printed. Err kinds: `unparseable_output`. */
export function parseStatus(text: string): Result<UnitState, ParseError> {
  return readProperties(text).andThen((properties) =>
    wholeNumber(properties.get('Clock')) === undefined
      ? err(unparseable('the probe did not reach its end'))
      : stateOf(properties),
  );
}

/** The state in a unit's properties. Err kinds: `unparseable_output`. */
export function stateOf(properties: Properties): Result<UnitState, ParseError> {
  const load = LOADS.find((word) => word === properties.get('LoadState')?.replaceAll('-', '_'));
  const active = ACTIVES.find((word) => word === properties.get('ActiveState'));
  const [unit, sub] = [properties.get('Id'), properties.get('SubState')];
  const restarts = properties.get('NRestarts');
  if (!unit || !sub || !load || !active) return err(unparseable('systemctl told no state'));
  if (restarts !== undefined && wholeNumber(restarts) === undefined) return err(unparseable('a count is no number'));
  // Of a unit that has not run systemd tells the defaults: success, and no restarts.
  const invocation = properties.get('InvocationID') || null;
  return ok({
    unit,
    load,
    active,
    sub,
    invocation,
    type: properties.get('Type') || null,
    result: invocation && (properties.get('Result') || null),
    restarts: invocation === null ? null : (wholeNumber(restarts) ?? null),
    enablement: properties.get('UnitFileState') || null,
  });
}
