/** An owner's models of programs: they add programs, and change no shipped one. */

import type { JsonObject } from '@meshclaw/core';
import { ok, type Result } from 'neverthrow';
import { invalidModel, namesOf, parseModel } from '../command/index.js';
import type { PolicyError } from '../errors.js';
import type { OwnerSources } from './owner-sources.js';

/** The models of the owner's files. A program that has a model, shipped or of another file, gets no second one. Err kinds: `policy.invalid_source`, with file, row and column. */
export function readOwnerPrograms(
  { programs }: OwnerSources,
  shipped: readonly JsonObject[],
): Result<readonly JsonObject[], PolicyError> {
  const taken = new Map<string, string>(
    shipped.flatMap((model) => namesOf(model).map((name) => [name, 'a shipped model'] as const)),
  );
  const models: JsonObject[] = [];
  for (const { path, text } of programs) {
    const model = parseModel(text, path).andThen((read) => {
      const twice = namesOf(read).find((name) => taken.has(name));
      return twice === undefined
        ? ok(read)
        : invalidModel(`${twice} has ${taken.get(twice)}; yours can only add programs`, path, rowOf(text, twice));
    });
    if (model.isErr()) return model.map(() => []);
    for (const name of namesOf(model.value)) taken.set(name, `a model in ${path}`);
    models.push(model.value);
  }
  return ok(models);
}

/** What an owner's model is called where everything is listed that can make an answer milder. */
export const loosenedBy = (model: JsonObject): string => `program ${namesOf(model).join(' ')}`;

/** The line that names the program. */
function rowOf(text: string, name: string): number {
  const words = text.split('\n').map((line) => line.split(/[\s,"'[\]]+/));
  const at = words.findIndex(([key = '', ...rest]) => /^(program|also):$/.test(key) && rest.includes(name));
  return at + 1 || 1;
}
