// How much of what is planted is masked, and how much of real logs that holds no secret is masked by mistake. Both figures are printed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BARE_SHAPES, NAMED_SHAPES, plantedSecrets } from '../_testing/planted-secrets.js';
import { createRedactor } from './redactor.js';

const SEEDS = [1, 2, 3, 4, 5];
const REAL = fileURLToPath(new URL('__fixtures__', import.meta.url));
/** Output of journalctl, systemctl, df and others, as the operations read it. */
const JOURNALS = fileURLToPath(new URL('../../../workflows/src/operations/__fixtures__', import.meta.url));
const redact = createRedactor();

/** Whether eight characters in a row of the secret are still to be seen. */
function shows(masked: string, secret: string): boolean {
  for (const form of [secret, encodeURIComponent(secret)])
    for (let at = 0; at + 8 <= form.length; at += 1) if (masked.includes(form.slice(at, at + 8))) return true;
  return false;
}

describe('recall', () => {
  it('masks what is planted: every kind in every shape', () => {
    const missed: string[] = [];
    let planted = 0;
    for (const seed of SEEDS)
      for (const { kind, bare, secret } of plantedSecrets(seed))
        for (const [shape, write] of Object.entries({ ...NAMED_SHAPES, ...(bare ? BARE_SHAPES : {}) })) {
          planted += 1;
          if (shows(redact(write(secret)), secret)) missed.push(`${kind}, ${shape}: ${redact(write(secret))}`);
        }
    console.log(`recall: ${planted - missed.length} of ${planted} planted secrets masked (40 kinds, 30 shapes)`);
    expect(missed).toEqual([]);
    expect(planted).toBeGreaterThan(5_000);
  });

  it('masks nothing in real logs that hold no secret', () => {
    const lines = [REAL, JOURNALS].flatMap((folder) =>
      readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n')),
    );
    const alarms = lines.filter((line) => redact(line) !== line);
    console.log(`false alarms: ${alarms.length} of ${lines.length} lines of real logs and command output`);
    expect(alarms).toEqual([]);
    expect(redact(lines.join('\n'))).toBe(lines.join('\n'));
    expect(lines.length).toBeGreaterThan(2_000);
  });

  it('leaves JSON readable', () => {
    for (const { secret } of plantedSecrets(9))
      for (const shape of ['json', 'json in json', 'kubernetes env'])
        expect(() => JSON.parse(redact(NAMED_SHAPES[shape]?.(secret) ?? ''))).not.toThrow();
  });
});
