import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCapture } from './capture.js';

const bytes = (text: string) => new TextEncoder().encode(text);
function captured(cap: number, chunks: readonly (string | Uint8Array)[]) {
  const capture = createCapture(cap);
  for (const chunk of chunks) capture.add(typeof chunk === 'string' ? bytes(chunk) : chunk);
  return capture.captured(false);
}

describe('a capture', () => {
  it('joins chunks and decodes a character that two of them share', () => {
    const [first, second] = [bytes('aé').subarray(0, 2), bytes('aé').subarray(2)];
    expect(captured(100, [first, second])).toMatchObject({ text: 'aé', bytes: 3, cut: false });
  });

  it('keeps everything up to the cap whatever the sizes of the chunks', () => {
    const text = Array.from({ length: 1000 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('');
    for (const size of [1, 3, 7, 499, 500, 501, 999, 1000]) {
      const chunks = text.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
      expect(captured(1000, chunks)).toMatchObject({ text, cut: false });
    }
  });

  it('keeps the first and the last half beyond the cap whatever the sizes of the chunks', () => {
    const text = Array.from({ length: 20_000 }, (_, index) => String.fromCharCode(97 + (index % 23))).join('');
    for (const size of [1, 13, 4096, 10_000, 20_000]) {
      const chunks = text.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
      expect(captured(9000, chunks)).toEqual({
        text: `${text.slice(0, 4500)}\n[11000 bytes left out]\n${text.slice(-4500)}`,
        bytes: 20_000,
        digest: createHash('sha256').update(text).digest('hex'),
        cut: true,
      });
    }
  });

  it('shows no half of a character where it cut', () => {
    expect(captured(9, ['🦀🦀🦀🦀🦀'])).toMatchObject({ text: '🦀\n[11 bytes left out]\n🦀', cut: true });
  });

  it('keeps a byte order mark, which is part of what was printed', () => {
    expect(captured(10, ['\ufeffx']).text).toBe('\ufeffx');
  });

  it('keeps nothing but the count and the digest when the cap is zero', () => {
    expect(captured(0, ['abc'])).toMatchObject({ bytes: 3, cut: true });
  });
});
