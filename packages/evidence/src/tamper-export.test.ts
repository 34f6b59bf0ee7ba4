import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder, temporaryLedger } from './_testing/temporary.js';
import type { LedgerHandle } from './ledger.js';
import { parseVerifierKey, signHead, verifierKeyOf } from './note.js';
import { verifyFile } from './offline/verify-file.js';
import { openLedger } from './open-ledger.js';

const RECORDS = 40;
/** Header, then heads, then records: what the tests change is one of these lines. */
interface Exported {
  readonly header: string;
  readonly heads: readonly string[];
  readonly records: readonly string[];
  readonly key: string;
}

/** Appends in three parts with a head after each, so that an export has several. */
async function fill(ledger: LedgerHandle): Promise<void> {
  for (let part = 0; part < 3; part += 1) {
    const bodies = Array.from({ length: 13 }, (_, number) => ({ part, number, effect: 'allow' }));
    (await ledger.append(bodies.map((body) => ({ type: 'decision.made', target: 'web-1', body }))))._unsafeUnwrap();
    (await ledger.signedHead())._unsafeUnwrap();
  }
}

/** Made once for all tests, so not in a folder that ends with one of them. */
async function exported(): Promise<Exported> {
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-evidence-'));
  const ledger = (await openLedger({ folder }))._unsafeUnwrap();
  await fill(ledger);
  const path = join(folder, 'export.jsonl');
  (await ledger.exportTo(path))._unsafeUnwrap();
  await ledger.close();
  const exported = taken(readFileSync(path, 'utf8'), ledger.verifierKey);
  rmSync(folder, { recursive: true });
  return exported;
}

function taken(content: string, key: string): Exported {
  const [header = '', ...lines] = content.trimEnd().split('\n');
  const heads = lines.filter((line) => line.startsWith('{"head":'));
  return { header, heads, records: lines.slice(heads.length), key };
}

/** The kinds of defect that the offline verifier names in a file of those lines. */
async function kindsOf(content: string | Buffer, request: { key?: string; against?: string } = {}): Promise<string[]> {
  const path = join(temporaryFolder(), 'export.jsonl');
  writeFileSync(path, content);
  const report = await verifyFile({ path, ...request });
  return 'failure' in report ? ['unreadable'] : [...new Set(report.defects.map(({ kind }) => kind))];
}

const text = ({ header, heads, records }: Pick<Exported, 'header' | 'heads' | 'records'>): string =>
  `${[header, ...heads, ...records].join('\n')}\n`;

describe('an export', () => {
  let good: Exported;
  let other: Exported;
  beforeAll(async () => {
    good = await exported();
    other = await exported();
  });
  const changed = (change: Partial<Exported>) => kindsOf(text({ ...good, ...change }), { key: good.key });
  const records = (change: (list: string[]) => unknown): Promise<string[]> => {
    const list = [...good.records];
    change(list);
    return changed({ records: list });
  };

  it('is good as it was written', async () => {
    expect([good.records.length, good.heads.length]).toEqual([RECORDS, 4]);
    expect(await changed({})).toEqual([]);
  });

  it('names a record that was changed', async () => {
    const lie = (list: string[]) => list.splice(20, 1, list[20]?.replace('"allow"', '"never"') ?? '');
    expect(await records(lie)).toEqual(['bad_root']);
    expect(await records((list) => list.splice(20, 1, 'no record'))).toEqual(['bad_leaf', 'bad_root']);
  });

  it('names a record that was taken out', async () => {
    expect(await records((list) => list.splice(20, 1))).toContain('missing');
    expect(await records((list) => list.splice(0, 1))).toContain('missing');
  });

  it('names records that were swapped, repeated or put in', async () => {
    const at = (list: string[], index: number): string => list[index] ?? '';
    expect(await records((list) => list.splice(20, 2, at(list, 21), at(list, 20)))).toContain('out_of_order');
    expect(await records((list) => list.splice(20, 0, at(list, 20)))).toContain('out_of_order');
    expect(await records((list) => list.splice(20, 0, at([...other.records], 20)))).toContain('out_of_order');
    expect(await records((list) => list.splice(20, 1, at([...other.records], 20)))).toEqual(['bad_root']);
    expect(await records((list) => list.push(at(list, 39).replace('"index":39', '"index":40')))).toContain('bad_root');
  });

  it('names every cut, at every record and inside one', async () => {
    for (let size = 0; size < RECORDS; size += 1) {
      expect(await records((list) => list.splice(size))).toContain('truncated');
    }
    const whole = text(good);
    expect(await kindsOf(whole.slice(0, -1))).toContain('truncated');
    expect(await kindsOf(whole.slice(0, -50))).toContain('truncated');
  });

  it('cut back to an earlier signed head is named against a head kept elsewhere', async () => {
    const heads = good.heads.slice(0, 2);
    const header = good.header.replace(/"records":\d+,"heads":\d+/, '"records":14,"heads":2');
    const earlier = { ...good, header, heads, records: good.records.slice(0, 14) };
    expect(await kindsOf(text(earlier), { key: good.key })).toEqual([]);
    const against = join(temporaryFolder(), 'head');
    writeFileSync(against, JSON.parse(good.heads.at(-1) ?? '{}').head);
    expect(await kindsOf(text(earlier), { against })).toEqual(['head_rollback']);
    expect(await kindsOf(text(good), { against })).toEqual([]);
  });

  it('names a head that is repeated, out of place, changed or missing', async () => {
    const [first = '', second = '', third = '', last = ''] = good.heads;
    expect(await changed({ heads: [first, second, second, third, last] })).toContain('head_rollback');
    expect(await changed({ heads: [first, third, second, last] })).toContain('head_rollback');
    expect(await changed({ heads: [first, second, third.replace('\\n27\\n', '\\n28\\n'), last] })).toContain(
      'bad_signature',
    );
    expect(await changed({ heads: [first, second, last] })).toEqual(['truncated']);
    expect(await changed({ heads: [first, second, third] })).toContain('bad_root');
    expect(await changed({ records: [...good.records, first] })).toContain('head_rollback');
  });

  it('names a head of another ledger, and another key', async () => {
    expect(await changed({ heads: [...good.heads.slice(0, 3), ...other.heads.slice(3)] })).toContain('unknown_key');
    expect(await kindsOf(text(other), { key: good.key })).toContain('unknown_key');
    expect(await changed({ header: good.header.replace(good.key, other.key) })).toContain('unknown_key');
    expect(await kindsOf(text(good), { key: 'not a key' })).toEqual(['unreadable']);
  });

  it('names any one bit that is turned', async () => {
    const bytes = Buffer.from(text(good));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        expect(await kindsOf(flipped, { key: good.key })).not.toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('of two histories under one key is named as forked', async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder });
    (await ledger.append([{ type: 'decision.made', body: 'one' }]))._unsafeUnwrap();
    const path = join(folder, 'export.jsonl');
    (await ledger.exportTo(path))._unsafeUnwrap();
    const against = join(folder, 'head');
    writeFileSync(against, forkedHead(folder));
    const report = await verifyFile({ path, against });
    expect(report).toMatchObject({ defects: [{ kind: 'forked_head', index: 2 }] });
  });
});

/** A signed head of size 2 over other records, as only the owner of the key could make it. */
function forkedHead(folder: string): string {
  const privateKey = createPrivateKey(readFileSync(join(folder, 'keys/ledger.ed25519')));
  const raw = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url');
  const named = parseVerifierKey(readFileSync(join(folder, 'keys/ledger.pub'), 'utf8').trim());
  const key = verifierKeyOf(named?.origin ?? '', raw);
  return signHead(key, privateKey, { size: 2, root: Buffer.alloc(32, 1) });
}
