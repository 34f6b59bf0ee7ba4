import { describe, expect, it } from 'vitest';
import { askText, isFree, ORDER, type Row, rows, strictness } from './ask.js';

type Outcome = 'exact' | 'stricter' | 'soft' | 'leak' | 'over_block';

async function outcomeOf({ command, expected }: Row, shell: 'sh' | 'bash'): Promise<Outcome> {
  const { effect } = await askText(command, shell);
  if (effect === expected) return 'exact';
  if (isFree(expected)) return strictness(effect) < strictness(expected) ? 'leak' : 'over_block';
  if (isFree(effect)) return 'leak';
  return strictness(effect) < strictness(expected) ? 'soft' : 'stricter';
}

describe.each(['sh', 'bash'] as const)('the corpus of commands in %s', (shell) => {
  it('has no row that runs freely and may not, and no harmless one that is stopped', { timeout: 120_000 }, async () => {
    const table: Record<string, Record<Outcome | 'rows', number>> = {};
    const off: string[] = [];
    for (const row of rows) {
      const outcome = await outcomeOf(row, shell);
      table[row.category] ??= { rows: 0, exact: 0, stricter: 0, soft: 0, leak: 0, over_block: 0 };
      const counts = table[row.category] as Record<Outcome | 'rows', number>;
      counts.rows += 1;
      counts[outcome] += 1;
      if (outcome !== 'exact' && outcome !== 'stricter') off.push(`${outcome} ${row.id}: ${row.command.slice(0, 80)}`);
    }
    console.table(table);
    expect(off).toEqual([]);
  });
});

describe('the corpus itself', () => {
  it('has 346 rows with different ids and known effects', () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(346);
    expect(rows.every(({ expected }) => ORDER.includes(expected))).toBe(true);
  });
});
