// What OPA's conformance cases came to, as the text that is kept in CONFORMANCE.md.
import type { ConformanceCase } from './conformance.js';
import type { Outcome } from './conformance-outcome.js';

/** One case with what became of it. */
export interface Result {
  readonly one: ConformanceCase;
  readonly outcome: Outcome;
}
/** Cases by how their id starts, and why they have another answer. */
export type Known = readonly (readonly [start: string, reason: string])[];

/** Why a case may be different, or undefined where nobody knows. */
export const reasonOf = ({ id }: ConformanceCase, known: Known): string | undefined =>
  known.find(([start]) => id.startsWith(start))?.[1];

/** The ids that are different and for which there is no reason. */
export const unexplained = (results: readonly Result[], known: Known): readonly string[] =>
  results
    .filter(({ one, outcome }) => outcome.kind === 'different' && reasonOf(one, known) === undefined)
    .map(({ one }) => one.id);

/** Reasons for what is different no more. */
export const outdated = (results: readonly Result[], known: Known): readonly string[] => {
  const different = results.filter(({ outcome }) => outcome.kind === 'different').map(({ one }) => one.id);
  return known.map(([start]) => start).filter((start) => !different.some((id) => id.startsWith(start)));
};

/** How many are of which kind. */
export const countOf = (results: readonly Result[]) => {
  const of = (kind: Outcome['kind']) => results.filter(({ outcome }) => outcome.kind === kind).length;
  return { cases: results.length, equal: of('equal'), different: of('different'), beyond: of('beyond') };
};

/** The whole text. */
export function reportText(
  opa: string,
  interpreter: { readonly results: readonly Result[]; readonly known: Known },
  compiled: { readonly results: readonly Result[]; readonly known: Known },
): string {
  const row = (name: string, results: readonly Result[]) => {
    const { cases, equal, different, beyond } = countOf(results);
    return `| ${name} | ${cases} | ${cases - beyond} | ${equal} | ${different} | ${beyond} |`;
  };
  return [
    '# Conformance',
    '',
    `What OPA ${opa}’s own conformance cases for Rego v1 come to. \`script/test --long conformance\` runs them all and compares with this file; \`npx vitest run -u\` with \`MESHCLAW_LONG=conformance\` writes it.`,
    '',
    '| | cases | applicable | equal | different | not applicable |',
    '|---|---|---|---|---|---|',
    row('interpreter (`eval`, all built-ins)', interpreter.results),
    row('compiled (`build`, then `@open-policy-agent/opa-wasm`)', compiled.results),
    '',
    '## Different in the interpreter',
    '',
    ...differences(interpreter.results, interpreter.known),
    '',
    '## Different when compiled',
    '',
    ...differences(compiled.results, compiled.known),
    '',
    '## Not applicable when compiled',
    '',
    ...beyondLines(compiled.results),
    '',
  ].join('\n');
}

const differences = (results: readonly Result[], known: Known): readonly string[] =>
  results
    .filter(({ outcome }) => outcome.kind === 'different')
    .map(({ one }) => `- ${one.id}: ${reasonOf(one, known) ?? 'not explained'}`);

/** By reason, with the files and how many cases of each. */
function beyondLines(results: readonly Result[]): readonly string[] {
  const reasons = new Map<string, Map<string, number>>();
  for (const { one, outcome } of results) {
    if (outcome.kind !== 'beyond') continue;
    const files = reasons.get(outcome.why) ?? new Map<string, number>();
    const file = one.id.slice(0, one.id.indexOf(': '));
    files.set(file, (files.get(file) ?? 0) + 1);
    reasons.set(outcome.why, files);
  }
  return [...reasons]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([why, files]) => {
      const all = [...files].map(([file, count]) => (count === 1 ? file : `${file} (${count})`));
      const sum = [...files.values()].reduce((total, count) => total + count, 0);
      return `- ${why} (${sum}): ${all.join(', ')}`;
    });
}
