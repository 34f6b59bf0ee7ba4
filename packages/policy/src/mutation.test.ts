import { readFileSync } from 'node:fs';
import { createRego } from '@meshclaw/rego';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { allMutants, baseFiles, type Fate, fateOf, type PlacedMutant } from './_testing/mutation-run.js';

const LONG = process.env.MESHCLAW_LONG === 'mutation';
/** The short form takes every so manieth, the same ones each time. */
const EVERY = LONG ? 1 : 41;
const LEAST_SCORE = 0.95;

const rego = createRego();
afterAll(() => rego.close());
const files = baseFiles();
const equivalent = z
  .array(z.strictObject({ file: z.string(), line: z.string(), change: z.string(), why: z.string().min(10) }))
  .parse(parse(readFileSync(new URL('./_testing/equivalent-mutants.yaml', import.meta.url), 'utf8')));
const isListed = (mutant: PlacedMutant) =>
  equivalent.some(({ file, line, change }) => mutant.file === file && mutant.line === line && mutant.change === change);
const named = ({ file, row, line, change }: PlacedMutant) => `${file}:${row}: ${change} in: ${line}`;

describe('a wrong change to the base policy', () => {
  it('is noticed by the tests beside it', { timeout: 3_600_000 }, async () => {
    const mutants = (await allMutants(rego, files)).filter((_, index) => index % EVERY === 0);
    const fates: [PlacedMutant, Fate][] = [];
    for (const mutant of mutants) fates.push([mutant, await fateOf(rego, files, mutant)]);
    const survived = fates
      .filter(([mutant, fate]) => fate === 'survived' && !isListed(mutant))
      .map(([one]) => named(one));
    const valid = fates.filter(([mutant, fate]) => fate !== 'invalid' && !isListed(mutant)).length;
    const score = (valid - survived.length) / valid;
    const percent = (score * 100).toFixed(1);
    process.stdout.write(
      `${mutants.length} mutants, ${valid} that compile and differ, ${percent} % noticed\n${survived.map((one) => `  ${one}\n`).join('')}`,
    );
    expect(valid).toBeGreaterThan(20);
    expect(score, survived.join('\n')).toBeGreaterThanOrEqual(LEAST_SCORE);
    const killed = fates.filter(([mutant, fate]) => fate === 'killed' && isListed(mutant)).map(([one]) => named(one));
    expect(killed, 'listed as equivalent, but noticed').toEqual([]);
  });

  it('that is listed as equivalent exists', async () => {
    const mutants = await allMutants(rego, files);
    const gone = equivalent.filter(
      (one) =>
        !mutants.some((mutant) => mutant.file === one.file && mutant.line === one.line && mutant.change === one.change),
    );
    expect(gone).toEqual([]);
  });
});
