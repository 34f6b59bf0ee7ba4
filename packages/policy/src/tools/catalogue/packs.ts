/** The shipped packs: what each is for and what it makes stricter. */

import type { JsonValue } from '@meshclaw/core';
import { Result } from 'neverthrow';
import { parameterValues, parseBaseParameters } from '../../bundle/parameters.js';
import { readPolicyInput } from '../../bundle/policy-input.js';
import { loadShippedSources } from '../../bundle/shipped.js';
import type { PolicyError } from '../../errors.js';
import { DEFAULT_PACK, PACKS, type Pack } from '../../packs/index.js';

/** A parameter of a pack beside the base's. */
export interface PackParameter {
  readonly name: string;
  /** How layers above may change it. */
  readonly combine: string;
  readonly base: JsonValue;
  readonly value: JsonValue;
}
/** One pack. */
export interface PackAbout {
  readonly name: Pack;
  readonly isDefault: boolean;
  /** What it is for, from the head of its file. */
  readonly description: string;
  /** What it changes; nothing where it is the base as it is. */
  readonly changes: readonly PackParameter[];
  /** Every parameter in force with it. */
  readonly parameters: readonly PackParameter[];
}

/** Every pack. Err kinds: those of reading the policy. Throws when the package is incomplete. */
export function listPacks(): Result<readonly PackAbout[], PolicyError> {
  const { packs, parameters } = loadShippedSources();
  const base = parseBaseParameters(parameters);
  const values = parameterValues(base);
  return Result.combine(
    PACKS.map((name) =>
      readPolicyInput({ pack: name }).map(({ compile }) => {
        const all = Object.entries(base).map(([parameter, { combine }]) => ({
          name: parameter,
          combine,
          base: values[parameter] as JsonValue,
          value: compile.parameters[parameter] as JsonValue,
        }));
        const changes = all.filter((one) => JSON.stringify(one.base) !== JSON.stringify(one.value));
        return {
          name,
          isDefault: name === DEFAULT_PACK,
          description: headOf(packs[name] ?? ''),
          changes,
          parameters: all,
        };
      }),
    ),
  );
}

/** The comment at the head of a file as one line. */
function headOf(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .map((line) => line.replace(/^#\s?/, ''))
    .join(' ');
}
