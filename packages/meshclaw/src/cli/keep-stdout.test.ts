import { expect, test } from 'vitest';
import { keepStdout } from './keep-stdout.js';

test('what others write to stdout goes elsewhere until it is released', async () => {
  const stray: string[] = [];
  const { write } = process.stdout;
  const kept = keepStdout((text) => stray.push(text));
  try {
    process.stdout.write('one');
    process.stdout.write(Buffer.from('two'));
    await new Promise<void>((resolve) => process.stdout.write('three', () => resolve()));
    expect(kept.output.writable).toBe(process.stdout.writable);
    expect(kept.output.write).not.toBe(process.stdout.write);
  } finally {
    kept.release();
  }
  expect(stray).toEqual(['one', 'two', 'three']);
  expect(process.stdout.write).toBe(write);
});
