import { readFileSync } from 'node:fs';
import type { Effect } from '@meshclaw/core';
import { describe, expect, it } from 'vitest';
import { askText, isFree } from './ask.js';

const lines = (name: string): readonly string[] =>
  readFileSync(new URL(`${name}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '));

async function off(name: string, fits: (effect: Effect) => boolean): Promise<readonly string[]> {
  const found: string[] = [];
  for (const text of lines(name)) {
    const { effect } = await askText(text);
    if (!fits(effect)) found.push(`${effect}: ${text}`);
  }
  return found;
}

describe('commands beside the corpus', { timeout: 120_000 }, () => {
  it('run at once when they are harmless', async () => {
    expect(lines('harmless').length).toBeGreaterThan(350);
    expect(await off('harmless', (effect) => effect === 'read_state')).toEqual([]);
  });

  it('never run unasked when they change something or are not known', async () => {
    expect(lines('asked').length).toBeGreaterThan(450);
    expect(await off('asked', (effect) => !isFree(effect))).toEqual([]);
  });

  it('are denied when nobody could approve them with open eyes', async () => {
    expect(lines('denied').length).toBeGreaterThan(420);
    expect(await off('denied', (effect) => effect === 'deny')).toEqual([]);
  });
});
