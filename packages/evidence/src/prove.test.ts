import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { built } from './_testing/built.js';
import { outsideConnection, temporaryFolder, temporaryLedger } from './_testing/temporary.js';
import type { LedgerHandle } from './ledger.js';
import { checkProof } from './offline/check-proof.js';

const RECORDS = 1300;

async function filled(): Promise<{ ledger: LedgerHandle; folder: string; heads: string[] }> {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const heads: string[] = [];
  for (let from = 1; from < RECORDS; from += 433) {
    const bodies = Array.from({ length: Math.min(433, RECORDS - from) }, (_, at) => ({ number: from + at }));
    (await ledger.append(bodies.map((body) => ({ type: 'decision.made' as const, body }))))._unsafeUnwrap();
    heads.push((await ledger.signedHead())._unsafeUnwrap());
  }
  return { ledger, folder, heads };
}

/** Writes the proof down and checks it, as whoever is handed the file. */
function checked(folder: string, text: string, key: string, against?: string) {
  const path = join(folder, 'record.tlog-proof');
  writeFileSync(path, text);
  if (against === undefined) return checkProof({ path, key });
  writeFileSync(join(folder, 'head'), against);
  return checkProof({ path, key, against: join(folder, 'head') });
}

describe('a proof of a record', () => {
  it('holds for every kind of place, in whole blocks and after them', async () => {
    const { ledger, folder } = await filled();
    const root = (await ledger.head())._unsafeUnwrap().root;
    for (const index of [0, 1, 2, 254, 255, 256, 257, 511, 512, 767, 1023, 1024, 1279, 1280, 1281, RECORDS - 1]) {
      const proof = (await ledger.proveInclusion(index))._unsafeUnwrap();
      const report = await checked(folder, proof, ledger.verifierKey);
      expect(report, `record ${index}`).toMatchObject({ proves: 'inclusion', index, size: RECORDS, root });
      expect(proof.split('\n\n')[0]?.split('\n').length).toBeLessThanOrEqual(3 + Math.ceil(Math.log2(RECORDS)));
    }
  });

  it('holds for nothing else: no other record, index, hash or head', async () => {
    const { ledger, folder, heads } = await filled();
    const proof = (await ledger.proveInclusion(700))._unsafeUnwrap();
    const extra = /extra (\S+)/.exec(proof)?.[1] ?? '';
    const other = Buffer.from(Buffer.from(extra, 'base64').toString().replace('"number":700', '"number":701'));
    const [first = ''] = proof.split('\n').slice(3);
    const changes: [string, string][] = [
      [extra, other.toString('base64')],
      ['index 700', 'index 701'],
      ['index 700', 'index 0700'],
      [first, Buffer.alloc(32).toString('base64')],
      [`${first}\n`, ''],
      [proof.slice(proof.indexOf('\n\n') + 2), heads[0] ?? ''],
      ['tlog-proof@v1', 'tlog-proof@v2'],
    ];
    for (const [from, to] of changes) {
      const report = await checked(folder, proof.replace(from, to), ledger.verifierKey);
      expect(report.proves, `${from} as ${to}`).toBe('nothing');
    }
    const stranger = await temporaryLedger();
    expect(await checked(folder, proof, stranger.verifierKey)).toMatchObject({ proves: 'nothing' });
  });

  it('is refused for a record that is not there', async () => {
    const { ledger } = await filled();
    for (const index of [RECORDS, -1, 1.5]) {
      expect((await ledger.proveInclusion(index))._unsafeUnwrapErr().kind).toBe('evidence.not_covered');
    }
  });

  it('cannot be made from records that were changed', async () => {
    const { ledger, folder } = await filled();
    const outside = await outsideConnection(folder);
    outside.exec('DROP TRIGGER block_no_update; UPDATE block SET root = zeroblob(32) WHERE number = 1');
    outside.close();
    const proof = (await ledger.proveInclusion(3))._unsafeUnwrap();
    expect((await checked(folder, proof, ledger.verifierKey)).proves).toBe('nothing');
  });
});

describe('a proof of two heads', () => {
  it('holds for each head that was signed before', async () => {
    const { ledger, folder, heads } = await filled();
    for (const head of heads) {
      const proof = (await ledger.proveConsistency(head))._unsafeUnwrap();
      const report = await checked(folder, proof, ledger.verifierKey, head);
      expect(report).toMatchObject({ proves: 'consistency', from: Number(head.split('\n')[1]), size: RECORDS });
    }
  });

  it('does not hold for another head, nor without one', async () => {
    const { ledger, folder, heads } = await filled();
    const [first = '', second = ''] = heads;
    const proof = (await ledger.proveConsistency(first))._unsafeUnwrap();
    expect((await checked(folder, proof, ledger.verifierKey, second)).proves).toBe('nothing');
    expect((await checked(folder, proof, ledger.verifierKey)).proves).toBe('nothing');
    const stranger = await temporaryLedger();
    const foreign = (await stranger.signedHead())._unsafeUnwrap();
    expect((await ledger.proveConsistency(foreign))._unsafeUnwrapErr().kind).toBe('evidence.bad_head');
  });
});

describe('meshclaw-evidence check', () => {
  let program = '';
  beforeAll(async () => {
    program = await built('bin');
  });

  it('prints the record that is proved, and ends with 1 when nothing is', async () => {
    const { ledger, folder } = await filled();
    const path = join(folder, 'record.tlog-proof');
    writeFileSync(path, (await ledger.proveInclusion(9))._unsafeUnwrap());
    const run = (...words: string[]) => spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
    const good = run('check', path, '--key', ledger.verifierKey);
    expect([good.status, good.stdout]).toEqual([0, expect.stringContaining('"number": 9')]);
    writeFileSync(path, readFileSync(path, 'utf8').replace('index 9', 'index 8'));
    expect(run('check', path, '--key', ledger.verifierKey).status).toBe(1);
    expect(run('check', path).status).toBe(2);
  });
});
