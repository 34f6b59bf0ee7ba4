import { describe, expect, it } from 'vitest';
import { askText, dangerous, isFree, sets, strictness } from './ask.js';
import { REWRITES } from './rewrites.js';

// All of them take a while: the short form takes every sixth rewrite of each row, another one for each row in turn.
const EVERY = process.env.MESHCLAW_LONG === 'rewrites' ? 1 : 6;

describe('the ways to write a command differently', () => {
  it('are at least forty', () => {
    expect(Object.keys(REWRITES).length).toBeGreaterThanOrEqual(40);
  });
});

describe.each(Object.entries(sets))('a dangerous command of %s.jsonl, written differently', (_, rows) => {
  it('is never answered more mildly', { timeout: 600_000 }, async () => {
    const leaks: string[] = [];
    const fell: string[] = [];
    let asked = 0;
    for (const [row, { id, command }] of dangerous(rows).entries()) {
      const before = strictness((await askText(command)).effect);
      for (const [rule, [name, rewrite]] of Object.entries(REWRITES).entries()) {
        if ((row + rule) % EVERY !== 0) continue;
        asked += 1;
        const { effect } = await askText(rewrite(command));
        if (isFree(effect)) leaks.push(`${id} ${name}: ${rewrite(command)}`);
        else if (strictness(effect) < before) fell.push(`${id} ${name}: ${rewrite(command)}`);
      }
    }
    expect(leaks).toEqual([]);
    expect(fell).toEqual([]);
    expect(asked).toBeGreaterThan((dangerous(rows).length * 40) / EVERY);
  });
});
