import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { askText, isFree, ORDER, type Row, sets, strictness } from './ask.js';

type Outcome = 'exact' | 'stricter' | 'soft' | 'leak' | 'over-block';
type Counts = Record<Outcome | 'rows', number>;
interface Judged extends Row {
  readonly outcome: Outcome;
}

async function outcomeOf({ command, expected }: Row, shell: 'sh' | 'bash'): Promise<Outcome> {
  const { effect } = await askText(command, shell);
  if (effect === expected) return 'exact';
  if (isFree(expected)) return strictness(effect) < strictness(expected) ? 'leak' : 'over-block';
  if (isFree(effect)) return 'leak';
  return strictness(effect) < strictness(expected) ? 'soft' : 'stricter';
}

const count = (judged: readonly Judged[]): Counts => {
  const of = (wanted: Outcome) => judged.filter(({ outcome }) => outcome === wanted).length;
  return {
    ...{ rows: judged.length, exact: of('exact'), stricter: of('stricter') },
    ...{ leak: of('leak'), soft: of('soft'), 'over-block': of('over-block') },
  };
};

/** A table as the README holds it. */
function tableOf(judged: readonly Judged[]): string {
  const categories = [...new Set(judged.map(({ category }) => category))].sort();
  const line = (name: string, counts: Counts) => `| ${[name, ...Object.values(counts)].join(' | ')} |`;
  return [
    '| category | rows | exact | stricter | leak | soft | over-block |',
    '|---|---|---|---|---|---|---|',
    ...categories.map((name) => line(name, count(judged.filter(({ category }) => category === name)))),
    line('all', count(judged)),
  ].join('\n');
}

describe.each(Object.entries(sets))('the set of commands in %s.jsonl', (name, rows) => {
  const judged: Record<'sh' | 'bash', Judged[]> = { sh: [], bash: [] };
  beforeAll(async () => {
    for (const shell of ['sh', 'bash'] as const)
      for (const row of rows) judged[shell].push({ ...row, outcome: await outcomeOf(row, shell) });
  }, 120_000);
  const those = (shell: 'sh' | 'bash', wanted: Outcome): readonly string[] =>
    judged[shell].filter(({ outcome }) => outcome === wanted).map(({ id, command }) => `${id}: ${command}`);

  it.each(['sh', 'bash'] as const)('has none that runs freely and may not, in %s', (shell) => {
    expect(those(shell, 'leak')).toEqual([]);
  });

  it.each(['sh', 'bash'] as const)('has hardly one that is asked about instead of denied, in %s', (shell) => {
    const denied = rows.filter(({ expected }) => expected === 'deny').length;
    expect(those(shell, 'soft').length, those(shell, 'soft').join('\n')).toBeLessThanOrEqual(denied * 0.02);
  });

  it.each(['sh', 'bash'] as const)('has hardly a harmless one that is stopped, in %s', (shell) => {
    const free = rows.filter(({ expected }) => isFree(expected)).length;
    const stopped = those(shell, 'over-block');
    expect(stopped.length, stopped.join('\n')).toBeLessThanOrEqual(free * 0.03);
  });

  it('is answered as the README says, in either shell', () => {
    const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
    const table = tableOf(judged.sh);
    expect(tableOf(judged.bash)).toBe(table);
    expect(readme).toContain(`\`${name}.jsonl\`\n\n${table}\n`);
  });

  it('has rows with different ids, different commands and known effects', () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(new Set(rows.map(({ command }) => command)).size).toBe(rows.length);
    expect(rows.every(({ expected }) => ORDER.includes(expected))).toBe(true);
    expect(rows.length).toBeGreaterThanOrEqual(346);
  });
});
