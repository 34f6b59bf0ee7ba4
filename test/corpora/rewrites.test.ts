import { describe, expect, it } from 'vitest';
import { askText, isFree, rows, strictness } from './ask.js';
import { REWRITES } from './rewrites.js';

// Nothing, written differently, is still nothing.
const dangerous = rows.filter(({ command, expected }) => !isFree(expected) && command !== '');

describe('a dangerous command written differently', () => {
  it.each(Object.entries(REWRITES))('is never freely allowed: %s', { timeout: 120_000 }, async (_, rewrite) => {
    const leaks: string[] = [];
    for (const { id, command } of dangerous) {
      const text = rewrite(command);
      if (isFree((await askText(text)).effect)) leaks.push(`${id}: ${text}`);
    }
    expect(leaks).toEqual([]);
  });

  it('is hardly ever answered more mildly', { timeout: 300_000 }, async () => {
    const fell: Record<string, number> = {};
    let asked = 0;
    for (const { command } of dangerous) {
      const before = strictness((await askText(command)).effect);
      for (const [name, rewrite] of Object.entries(REWRITES)) {
        asked += 1;
        if (strictness((await askText(rewrite(command))).effect) < before) fell[name] = (fell[name] ?? 0) + 1;
      }
    }
    const all = Object.values(fell).reduce((sum, count) => sum + count, 0);
    console.log(`${asked} rewrites, ${all} answered by a person instead of denied`, fell);
    expect(all / asked).toBeLessThan(0.02);
  });
});
