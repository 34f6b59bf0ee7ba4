/** Runs processes that append, and compares what they were told with what is stored. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { splitChunk } from '../block.js';
import { bytesOf } from '../cell.js';
import type { Row } from '../database.js';
import { epochName } from '../epoch.js';
import { hashFramed, toHex } from '../merkle.js';
import { presentEpochs } from '../offline/present-epochs.js';
import { outsideConnection } from './temporary.js';

/** A record that its process was told is durable. */
export type Acknowledged = readonly [index: number, leaf: string];

export interface Running {
  readonly process: ChildProcess;
  /** Everything acknowledged, as far as it was printed whole. */
  readonly acknowledged: () => Acknowledged[];
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>;
}

/** Starts a program that prints what is acknowledged as `append-process` does. */
export function start(program: string, words: readonly string[]): Running {
  const child = spawn(program, words);
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
        .map((line): Acknowledged => {
          const [index = '', leaf = ''] = line.split(' ');
          return [Number(index), leaf];
        }),
    ended: once(child, 'close').then(([code]) => ({ code, said })),
  };
}

/** The leaf hashes of everything stored, in order. */
export async function storedLeaves(folder: string): Promise<string[]> {
  const rows: Row[] = [];
  for (const epoch of await presentEpochs(folder)) {
    const database = await outsideConnection(folder, epochName(epoch));
    rows.push(...database.prepare('SELECT bytes FROM chunk ORDER BY first').all());
    database.close();
  }
  return rows.flatMap(({ bytes }) => splitChunk(bytesOf(bytes)) ?? []).map((framed) => toHex(hashFramed(framed)));
}

/** The acknowledged records that are not stored as they were acknowledged. */
export function lost(acknowledged: readonly Acknowledged[], leaves: readonly string[]): Acknowledged[] {
  return acknowledged.filter(([index, leaf]) => leaves[index] !== leaf);
}
