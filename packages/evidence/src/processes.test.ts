import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { built } from './_testing/built.js';
import { outsideConnection, temporaryFolder, temporaryLedger } from './_testing/temporary.js';
import { splitChunk } from './block.js';
import { hashFramed, toHex } from './merkle.js';
import { bytesOf } from './store.js';

const KILLS = 20;
let program = '';
beforeAll(async () => {
  program = await built('_testing/append-process');
});

interface Running {
  readonly process: ChildProcess;
  /** Index and leaf of everything acknowledged, as far as it was printed whole. */
  readonly acknowledged: () => [number, string][];
  readonly ended: Promise<{ code: number | null; said: string }>;
}

function start(folder: string, name: string, records: number, callers: number): Running {
  const child = spawn(process.execPath, [program, folder, name, String(records), String(callers)]);
  let [printed, said] = ['', ''];
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  return {
    process: child,
    acknowledged: () =>
      printed
        .split('\n')
        .slice(0, -1)
        .map((line): [number, string] => {
          const [index = '', leaf = ''] = line.split(' ');
          return [Number(index), leaf];
        }),
    ended: once(child, 'close').then(([code]) => ({ code, said })),
  };
}

async function storedLeaves(folder: string): Promise<string[]> {
  const database = await outsideConnection(folder);
  const rows = database.prepare('SELECT bytes FROM chunk ORDER BY first').all();
  database.close();
  return rows.flatMap(({ bytes }) => splitChunk(bytesOf(bytes)) ?? []).map((framed) => toHex(hashFramed(framed)));
}

describe('processes that append to one ledger at once', () => {
  it('keep one dense sequence, each key once and every acknowledged record', async () => {
    const folder = temporaryFolder();
    const records = 150;
    const running = ['one', 'two', 'three'].map((name) => start(folder, name, records, 8));
    const ends = await Promise.all(running.map(({ ended }) => ended));
    expect(ends).toEqual(running.map(() => ({ code: 0, said: '' })));
    const acknowledged = running.flatMap((process) => process.acknowledged());
    const leaves = await storedLeaves(folder);
    expect(acknowledged.length).toBe(3 * records + records);
    expect(leaves.length).toBe(acknowledged.length + 1);
    for (const [index, leaf] of acknowledged) expect(leaves[index]).toBe(leaf);
    const ledger = await temporaryLedger({ folder });
    expect((await ledger.count({ types: ['lease.opened'] }))._unsafeUnwrap()).toBe(records);
    expect((await ledger.verify())._unsafeUnwrap().defects).toEqual([]);
  });

  it(`lose nothing that was acknowledged when they are killed, ${KILLS} times`, { timeout: 180_000 }, async () => {
    const folder = temporaryFolder();
    const acknowledged: [number, string][] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const running = start(folder, `life-${kill}`, 1_000_000, 1 + (kill % 8));
      await once(running.process.stdout ?? running.process, 'data');
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      running.process.kill('SIGKILL');
      const { said } = await running.ended;
      expect(said).toBe('');
      acknowledged.push(...running.acknowledged());
    }
    const leaves = await storedLeaves(folder);
    for (const [index, leaf] of acknowledged) expect(leaves[index]).toBe(leaf);
    const ledger = await temporaryLedger({ folder });
    expect((await ledger.verify())._unsafeUnwrap().defects).toEqual([]);
  });
});
