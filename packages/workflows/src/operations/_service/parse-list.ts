/** Reads the lists of units. */

import type { ParseError } from '@meshclaw/core';
import { err, ok, Result } from 'neverthrow';
import { z } from 'zod';
import { unparseable, wholeNumber } from '../_text/read-text.js';
import { readProperties } from './properties.js';
import { ListedUnit, stateOf } from './unit.js';

/** What `service.list` and `service.failed` answer. */
export const UnitList = z.strictObject({
  /** systemd's own version, as it says it. */
  version: z.string().min(1),
  /** Of the whole system: `running`, `degraded` (something has failed), `starting`, `maintenance` … */
  system: z.string().min(1),
  /** Units of any type that have failed, as the manager counts them. */
  failedCount: z.int().nonnegative(),
  units: z.array(ListedUnit),
});
export type UnitList = z.output<typeof UnitList>;

/** Reads what a list script printed. An empty list is told by a manager that answered. Err kinds: `unparseable_output`. */
export function parseList(text: string): Result<UnitList, ParseError> {
  const sections = /^([\s\S]*?)^== units\n([\s\S]*?)^== end\n$/m.exec(text);
  if (!sections) return err(unparseable('the probe did not reach its end'));
  const blocks = (sections[2] ?? '').split(/\n{2,}/).filter((block) => block.trim() !== '');
  return readProperties(sections[1] ?? '').andThen((manager) => {
    const [version, system] = [manager.get('Version'), manager.get('SystemState')];
    const failedCount = wholeNumber(manager.get('NFailedUnits'));
    if (!version || !system || failedCount === undefined) return err(unparseable('systemd told nothing of itself'));
    return Result.combine(blocks.map(parseBlock)).map((units) => ({ version, system, failedCount, units }));
  });
}

const parseBlock = (block: string): Result<ListedUnit, ParseError> =>
  readProperties(block).andThen((properties) =>
    stateOf(properties).andThen((state) => ok({ ...state, description: properties.get('Description') || null })),
  );
