import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { askText, isFree } from './ask.js';

const lines = readFileSync(new URL('escapes.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

describe('what harmless programs can be made to do', () => {
  it('never runs unasked', { timeout: 60_000 }, async () => {
    const free: string[] = [];
    for (const line of lines) if (isFree((await askText(line)).effect)) free.push(line);
    expect(free).toEqual([]);
  });

  it('is told by at least 250 lines over 120 programs', () => {
    expect(new Set(lines).size).toBeGreaterThanOrEqual(250);
    expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBeGreaterThanOrEqual(120);
  });
});
