/** Which runs there are: claims a number for a new one, removes what belongs to no living one. */

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bridgeOf, bridges, isBridgeTaken } from './network.js';
import { alone, bootId, isAlive, type Owner, RUNS, run, thisProcess } from './system.js';
import { removeRun } from './tear-down.js';

/** A run lives as long as its owner; a kept one until it is taken down or the machine restarts. */
interface Claim {
  readonly owner: Owner;
  readonly kept: boolean;
  readonly startedAt: string;
}
/** A run of this machine. */
export interface Run extends Claim {
  readonly number: number;
}

/** Each run has a /24 of 198.18.0.0/15, which RFC 2544 sets aside for tests of networks. */
const NUMBERS = 512;

/** The folder of a run. */
export const folderOf = (number: number): string => join(RUNS, String(number));

/** Removes what no living run owns, then claims a number that nobody has. */
export function claimRun(kept: boolean): Promise<number> {
  return alone('start', async () => {
    await removeDead();
    const claim: Claim = { owner: await thisProcess(), kept, startedAt: new Date().toISOString() };
    const first = Math.floor(Math.random() * NUMBERS);
    for (let at = 0; at < NUMBERS; at += 1) {
      const number = (first + at) % NUMBERS;
      if (await claimNumber(number, claim)) return number;
    }
    throw new Error(`all ${NUMBERS} numbers for runs are taken`);
  });
}

/** A claim comes into being whole, by renaming: a folder without an owner never exists. */
async function claimNumber(number: number, claim: Claim): Promise<boolean> {
  if (await isBridgeTaken(bridgeOf(number))) return false;
  const fresh = join(RUNS, `.${process.pid}-${number}`);
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  await writeFile(join(fresh, 'claim.json'), JSON.stringify(claim));
  try {
    await rename(fresh, folderOf(number));
    return true;
  } catch {
    await rm(fresh, { recursive: true, force: true });
    return false;
  }
}

/** Removes everything of runs that nobody owns any more. */
async function removeDead(): Promise<void> {
  for (const found of await everyRun())
    if (!(await isLiving(found))) await removeRun(found.number, folderOf(found.number));
  const known = new Set((await everyRun()).map(({ number }) => bridgeOf(number)));
  for (const bridge of await bridges()) if (!known.has(bridge)) await run(['ip', 'link', 'delete', bridge]);
}

/** The runs that somebody owns, oldest first. */
export async function livingRuns(): Promise<readonly Run[]> {
  const living: Run[] = [];
  for (const found of await everyRun()) if (await isLiving(found)) living.push(found);
  return living.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
}

async function isLiving({ owner, kept }: Run): Promise<boolean> {
  return kept ? owner.boot === (await bootId()) : isAlive(owner);
}

async function everyRun(): Promise<readonly Run[]> {
  const names = await readdir(RUNS).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => ({ number: Number(name), ...(await readClaim(name)) })),
  );
  return found;
}

/** What cannot be read was written by nobody who lives. */
async function readClaim(name: string): Promise<Claim> {
  try {
    return JSON.parse(await readFile(join(RUNS, name, 'claim.json'), 'utf8')) as Claim;
  } catch {
    return { owner: { pid: 0, startedAt: '', boot: '' }, kept: false, startedAt: '' };
  }
}

/** Makes a run outlive the process that made it. */
export async function keepRun(number: number): Promise<void> {
  const path = join(folderOf(number), 'claim.json');
  const claim = { ...(await readClaim(String(number))), kept: true };
  await writeFile(`${path}.new`, JSON.stringify(claim));
  await rename(`${path}.new`, path);
}
