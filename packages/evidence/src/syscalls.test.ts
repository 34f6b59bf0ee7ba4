import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Acknowledged, lost, start, storedLeaves } from './_testing/append-run.js';
import { built } from './_testing/built.js';
import { figure, isLong } from './_testing/figure.js';
import { temporaryFolder, temporaryLedger } from './_testing/temporary.js';

/** The long form fails every single call: `script/test --long syscalls`. */
const LONG = isLong('syscalls');
const CALLS = ['pwrite64', 'fsync', 'fdatasync', 'ftruncate', 'openat'] as const;
const FAULTS = ['error=EIO', 'error=ENOSPC', 'signal=KILL'] as const;
const timeout = LONG ? 3_600_000 : 180_000;

/** strace may be missing, or be forbidden to trace. */
const traces = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0;
let program = '';
beforeAll(async () => {
  program = await built('_testing/append-process');
});

/** Only calls on the ledger's files are traced; the words of `strace` come before those of the program. */
const traced = (folder: string, ...words: string[]): string[] => [
  ...['-f', '-qq', '-P', join(folder, 'ledger.db'), '-P', join(folder, 'ledger.db-wal')],
  ...words,
  ...[process.execPath, program, folder, 'traced', '4', '2'],
];

/** How often each call is made in one run. */
async function callCounts(folder: string): Promise<Map<string, number>> {
  const log = join(temporaryFolder(), 'trace');
  const { ended } = start('strace', traced(folder, '-o', log, '-e', `trace=${CALLS.join(',')}`));
  expect(await ended).toEqual({ code: 0, said: '' });
  const made = readFileSync(log, 'utf8').matchAll(/^\d+ +(\w+)\(/gm);
  const counts = new Map<string, number>();
  for (const [, call = ''] of made) counts.set(call, (counts.get(call) ?? 0) + 1);
  return counts;
}

/** Which occurrences of a call fail: all of them, or the first, one in the middle and the last. */
const occurrences = (count: number): number[] =>
  LONG ? Array.from({ length: count }, (_, at) => at + 1) : [...new Set([1, Math.ceil(count / 2), count])];

describe('a call to the file system that fails, or that the process does not live to see', () => {
  it('costs no acknowledged record, and the ledger is whole afterwards', { timeout }, async (context) => {
    if (!traces) return context.skip('strace cannot be used here');
    const folder = temporaryFolder();
    await (await temporaryLedger({ folder })).close();
    const counts = await callCounts(folder);
    expect(counts.get('pwrite64')).toBeGreaterThan(8);
    const acknowledged: Acknowledged[] = [];
    let faults = 0;
    for (const [call, count] of counts) {
      for (const fault of FAULTS) {
        for (const when of occurrences(count)) {
          const inject = `inject=${call}:${fault}:when=${when}`;
          const running = start('strace', traced(folder, '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject));
          await running.ended;
          faults += 1;
          acknowledged.push(...running.acknowledged());
          expect(lost(acknowledged, await storedLeaves(folder)), inject).toEqual([]);
        }
      }
    }
    const ledger = await temporaryLedger({ folder });
    expect((await ledger.verify())._unsafeUnwrap().defects).toEqual([]);
    (await ledger.append([{ type: 'decision.made', body: 'goes on' }]))._unsafeUnwrap();
    figure(`${faults} injected faults, ${acknowledged.length} records acknowledged, 0 lost, 0 defects`);
  });
});
