import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Acknowledged, lost, start, storedLeaves } from './_testing/append-run.js';
import { built } from './_testing/built.js';
import { figure, isLong } from './_testing/figure.js';
import { temporaryFolder, temporaryLedger } from './_testing/temporary.js';
import { presentEpochs } from './offline/present-epochs.js';

/** The long form: `script/test --long processes`. */
const LONG = isLong('processes');
const KILLS = LONG ? 1_000 : 20;
const [PROCESSES, RECORDS] = LONG ? [8, 10_000] : [3, 150];
const timeout = LONG ? 3_600_000 : 180_000;

let program = '';
beforeAll(async () => {
  program = await built('_testing/append-process');
});

const run = (folder: string, name: string, records: number, callers: number, bytes?: number) =>
  start(process.execPath, [
    program,
    folder,
    name,
    ...[records, callers, ...(bytes === undefined ? [] : [bytes])].map(String),
  ]);
/** Small enough that the ledger is rotated many times. */
const EPOCH_BYTES = 150_000;

async function defectsOf(folder: string) {
  const ledger = await temporaryLedger({ folder });
  const { defects } = (await ledger.verify())._unsafeUnwrap();
  const shared = (await ledger.count({ types: ['lease.opened'] }))._unsafeUnwrap();
  return { defects, shared };
}

describe('processes that append to one ledger at once', () => {
  it(`keep one dense sequence, each key once and every acknowledged record`, { timeout }, async () => {
    const folder = temporaryFolder();
    const running = Array.from({ length: PROCESSES }, (_, at) => run(folder, `process-${at}`, RECORDS, 8));
    const ends = await Promise.all(running.map(({ ended }) => ended));
    expect(ends).toEqual(running.map(() => ({ code: 0, said: '' })));
    const acknowledged = running.flatMap((process) => process.acknowledged());
    const leaves = await storedLeaves(folder);
    expect(acknowledged.length).toBe((PROCESSES + 1) * RECORDS);
    expect(leaves.length).toBe(acknowledged.length + 1);
    expect(lost(acknowledged, leaves)).toEqual([]);
    expect(await defectsOf(folder)).toEqual({ defects: [], shared: RECORDS });
    figure(`${PROCESSES} processes, ${acknowledged.length} records acknowledged, 0 lost, ${RECORDS} keys each once`);
  });

  it(`lose nothing that was acknowledged when they are killed, ${KILLS} times`, { timeout }, async () => {
    const folder = temporaryFolder();
    const acknowledged: Acknowledged[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const running = run(folder, `life-${kill}`, 1_000_000, 1 + (kill % 8));
      await once(running.process.stdout ?? running.process, 'data');
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      running.process.kill('SIGKILL');
      expect((await running.ended).said).toBe('');
      acknowledged.push(...running.acknowledged());
    }
    const leaves = await storedLeaves(folder);
    expect(lost(acknowledged, leaves)).toEqual([]);
    expect((await defectsOf(folder)).defects).toEqual([]);
    const unsaid = leaves.length - acknowledged.length;
    figure(
      `${KILLS} kills, ${acknowledged.length} records acknowledged, 0 lost; ${unsaid} more were stored, never told`,
    );
  });

  it('follow each other into new epochs: nothing is lost, nothing forks, no key is used twice', {
    timeout,
  }, async () => {
    const folder = temporaryFolder();
    const running = Array.from({ length: PROCESSES }, (_, at) =>
      run(folder, `process-${at}`, RECORDS * 4, 8, EPOCH_BYTES),
    );
    const ends = await Promise.all(running.map(({ ended }) => ended));
    expect(ends).toEqual(running.map(() => ({ code: 0, said: '' })));
    const acknowledged = running.flatMap((process) => process.acknowledged());
    expect(acknowledged.length).toBe((PROCESSES + 1) * RECORDS * 4);
    const leaves = await storedLeaves(folder);
    expect(lost(acknowledged, leaves)).toEqual([]);
    expect(await defectsOf(folder)).toEqual({ defects: [], shared: RECORDS * 4 });
    const epochs = (await presentEpochs(folder)).length;
    expect(epochs).toBeGreaterThan(1);
    figure(`${PROCESSES} processes over ${epochs} epochs, ${acknowledged.length} records acknowledged, 0 lost`);
  });

  it(`are killed while the ledger is rotated, ${KILLS} times, and lose nothing`, { timeout }, async () => {
    const folder = temporaryFolder();
    const acknowledged: Acknowledged[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const running = run(folder, `life-${kill}`, 1_000_000, 8, EPOCH_BYTES);
      const epochs = (await presentEpochs(folder)).length;
      // The kill meets a rotation, or what comes right after one.
      while ((await presentEpochs(folder)).length === epochs && running.process.exitCode === null) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      running.process.kill('SIGKILL');
      expect((await running.ended).said).toBe('');
      acknowledged.push(...running.acknowledged());
    }
    expect(lost(acknowledged, await storedLeaves(folder))).toEqual([]);
    expect((await defectsOf(folder)).defects).toEqual([]);
    figure(`${KILLS} kills around rotations, ${acknowledged.length} records acknowledged, 0 lost`);
  });
});
