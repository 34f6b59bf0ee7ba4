import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BARE_SHAPES, NAMED_SHAPES, plantedSecrets } from '../_testing/planted-secrets.js';
import { knownTable, scanForKnown } from './known.js';
import { SECRET_RULES } from './patterns.js';
import { createRedactionStream, createRedactor } from './redactor.js';
import { ruleTable, scanByRules } from './scan.js';
import { chain, type Stage } from './stage.js';

const KNOWN = [
  'pa\'ss"word/+&% \\x',
  'hunter2hunter2',
  'aaaaaaaa',
  'two words\nand a second line of it',
  '7e4f-known-0001',
];
const SECRETS = plantedSecrets(3);
const KEY = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n'.repeat(9)}Ag==\n-----END PRIVATE KEY-----\n`;
const CORPUS = [
  ...SECRETS.flatMap(({ secret, bare }, index) => {
    const shapes = Object.values(bare ? { ...NAMED_SHAPES, ...BARE_SHAPES } : NAMED_SHAPES);
    return [shapes[index % shapes.length]?.(secret) ?? '', shapes[(index * 7) % shapes.length]?.(secret) ?? ''];
  }),
  ...KNOWN,
  ...KNOWN.map((value) => Buffer.from(`x${value}`).toString('base64')),
  ...KNOWN.map((value) => JSON.stringify({ value })),
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  KEY,
  JSON.stringify({ key: KEY }),
  KEY.split('\n')
    .map((line) => `Nov 25 10:00:00 web1 app[312]: ${line}`)
    .join('\n'),
  'curl -H "Authorization: Bearer abcdef0123456789abcdef" -u dana:hunter2hunter2 https://x\n',
  'nothing to see here, 10.0.0.1 port 22\n',
];

const RULES = ruleTable(SECRET_RULES);
const VALUES = knownTable(KNOWN);
/** The stages as they are, without the buffer that joins small pieces: every cut reaches them. */
const stages = (): Stage => (VALUES ? chain(scanForKnown(VALUES), scanByRules(RULES)) : scanByRules(RULES));

function inPieces(made: Stage, pieces: readonly string[]): string {
  return pieces.map((piece) => made.push(piece)).join('') + made.end();
}

describe('a text that comes in pieces', () => {
  // Long enough that what is decided early is given out while more still comes.
  const filler = 'an ordinary line of a log, with nothing in it that has to be masked: 200 OK\n'.repeat(120);

  it('comes out the same wherever it is cut in two', () => {
    const redact = createRedactor({ known: KNOWN });
    let splits = 0;
    for (const text of CORPUS) {
      const whole = redact(text);
      for (let at = 0; at <= text.length; at += 1) {
        splits += 1;
        const out = inPieces(stages(), [text.slice(0, at), text.slice(at)]);
        if (out !== whole) expect(out, `cut at ${at}`).toBe(whole);
      }
    }
    console.log(`split offsets: ${splits}`);
  });

  it('comes out the same when the cuts fall where the stream gives text out', () => {
    const redact = createRedactor({ known: KNOWN });
    const text = `${filler}${CORPUS.join('\n')}\n${filler}${CORPUS.toReversed().join(' ')}${filler}`;
    const whole = redact(text);
    for (const size of [1, 7, 64, 1_000, 4_095, 4_096, 4_097, 10_000]) {
      const made = size < 64 ? createRedactionStream({ known: KNOWN }) : stages();
      expect(inPieces(made, text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []) === whole, `pieces of ${size}`).toBe(
        true,
      );
    }
    for (let shift = 0; shift < 300; shift += 1) {
      const pieces = [
        text.slice(0, 9_000 + shift),
        text.slice(9_000 + shift, 18_000 + 2 * shift),
        text.slice(18_000 + 2 * shift),
      ];
      expect(inPieces(stages(), pieces) === whole, `shifted by ${shift}`).toBe(true);
    }
  });

  it('comes out the same for any text and any cuts', () => {
    const part = fc.oneof(
      fc.constantFrom(...CORPUS),
      fc.constantFrom(
        'password=',
        'token: ',
        '"',
        "'",
        '\\',
        '\n',
        '://',
        '@',
        ':',
        '-----BEGIN PRIVATE KEY-----',
        '[redacted:jwt]',
        ' ',
        ',',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.boolean(),
        (parts, cuts, long) => {
          const text = `${long ? filler : ''}${parts.join('')}${long ? filler : ''}`;
          const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((one, other) => one - other);
          const pieces = [...places, text.length].map((place, index) => text.slice(places[index - 1] ?? 0, place));
          expect(inPieces(stages(), pieces)).toBe(createRedactor({ known: KNOWN })(text));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives out what is certain before the end comes', () => {
    const stream = createRedactionStream();
    const early = stream.push(filler.repeat(10));
    expect(early.length).toBeGreaterThan(filler.length * 8);
    expect(early + stream.end()).toBe(filler.repeat(10));
  });
});
