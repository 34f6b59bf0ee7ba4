import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markedStream } from './mark.js';

const MARK = '0123456789abcdef'.repeat(2);

function read(chunks: readonly Uint8Array[]) {
  const said: string[] = [];
  const rest: Buffer[] = [];
  const stream = markedStream(
    MARK,
    (words) => said.push(words),
    (chunk) => rest.push(Buffer.from(chunk)),
  );
  for (const chunk of chunks) stream.add(Buffer.from(chunk));
  return { said, rest: Buffer.concat(rest).toString('latin1'), noise: stream.noise() };
}

describe('a stream with a mark', () => {
  it('is split at the first line of the script, wherever the bytes are cut', () => {
    const noise = `Welcome\n@@${MARK}\n@@ start 1\n@@${MARK.slice(1)} start 2\n`;
    const whole = Buffer.from(`${noise}\n@@${MARK} start 77\nout\n@@${MARK} start 78\n`);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length)), (cuts) => {
        const places = [0, ...cuts.sort((one, other) => one - other), whole.length];
        const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
        expect(read(chunks)).toEqual({
          said: ['start 77'],
          rest: `out\n@@${MARK} start 78\n`,
          noise: noise.length,
        });
      }),
    );
  });

  it('without one is noise, and no more of it is kept than a line', () => {
    const { said, rest, noise } = read(Array.from({ length: 100 }, () => Buffer.alloc(100_000, 'x')));
    expect([said, rest]).toEqual([[], '']);
    expect(noise).toBeGreaterThan(9_999_000);
    expect(
      read([Buffer.from(`\n@@${MARK} `), ...Array.from({ length: 50 }, () => Buffer.alloc(1_000, 'x'))]).noise,
    ).toBeGreaterThan(49_000);
  });
});
