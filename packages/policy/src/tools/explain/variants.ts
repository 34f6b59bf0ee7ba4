/** The policy asked in other ways at once: each clause alone, and each without one of its conditions. Whether a clause holds is evaluated, never guessed. */

import type { Clause } from './clauses.js';

/** A package of copies; no policy may define it. */
const ROOT = 'meshclaw_variant';

/** A copy of a module with one clause of one answer. `without` is the condition that was taken out. */
export interface Variant {
  readonly name: string;
  readonly clause: Clause;
  readonly without?: number;
  readonly file: { readonly path: string; readonly text: string };
}

/** Each clause as it is, then without each of its conditions. */
export const variantsOf = (clauses: readonly Clause[]): readonly Variant[] =>
  clauses
    .flatMap((clause): Omit<Variant, 'name' | 'file'>[] => [
      { clause },
      ...clause.conditions.map((_, without) => ({ clause, without })),
    ])
    .map((one, index) => {
      const name = `v${index}`;
      return { ...one, name, file: { path: `${ROOT}/${name}.rego`, text: copyOf(name, one) } };
    });

function copyOf(name: string, { clause, without }: Omit<Variant, 'name' | 'file'>): string {
  const { module, effect, row, conditions } = clause;
  const condition = without === undefined ? undefined : conditions[without];
  const opened = condition === undefined ? module.text : replaced(module.text, condition);
  const lines = opened.split('\n');
  for (const other of module.extents) {
    if (other.name !== effect || other.row === row) continue;
    lines.fill('', other.row - 1, other.endRow);
  }
  return lines.join('\n').replace(/^package\s+\S+/m, `package ${ROOT}.${name}`);
}

/** The condition made true, over as many lines as before, so that every other line stays where it is. */
function replaced(source: string, { offset, text }: Clause['conditions'][number]): string {
  const lines = '\n'.repeat(text.split('\n').length - 1);
  return `${source.slice(0, offset)}true${lines}${source.slice(offset + text.length)}`;
}

/** A query whose `held` are the names of the variants that answer. */
export function variantQuery(variants: readonly Variant[]): string {
  const effects = [...new Set(variants.map(({ clause }) => clause.effect))];
  const sets = effects.map((effect) => `{k | count(data.${ROOT}[k].${effect}) > 0}`);
  return `held := ${sets.length === 0 ? 'set()' : sets.join(' | ')}`;
}
