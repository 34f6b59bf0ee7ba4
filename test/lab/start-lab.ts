/** Starts a lab: whole Debian hosts of this run's own, booted by systemd-nspawn. Leaves nothing behind when it is stopped. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { claimRun, folderOf, keepRun } from './claim.js';
import { createHost, type LabHost } from './host.js';
import { ensureImage, type Image } from './image.js';
import { makeDisk } from './make-host.js';
import { addressOf, makeBridge } from './network.js';
import { switchOn } from './power.js';
import { must } from './system.js';
import { disksOf, removeRun } from './tear-down.js';

/** A lab that runs. */
export interface Lab {
  readonly number: number;
  readonly hosts: readonly LabHost[];
  /** Removes everything of it. May be called twice. */
  stop(): Promise<void>;
}

export interface LabOptions {
  readonly hosts: number;
  /** The lab outlives this process, until somebody takes it down. */
  readonly kept?: boolean;
  readonly say?: (line: string) => void;
  /** Changes a host's disk before it boots. */
  readonly beforeBoot?: (root: string, host: number) => Promise<void>;
  /** How long a host may take until it answers. */
  readonly mostBootMs?: number;
}

const MOST_HOSTS = 250;

/** Boots so many hosts and resolves when all of them answer; a lab that does not come up is removed again. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { hosts, kept = false, say, mostBootMs } = options;
  if (!Number.isInteger(hosts) || hosts < 1 || hosts > MOST_HOSTS)
    throw new Error(`1 to ${MOST_HOSTS} hosts, not ${hosts}`);
  const image = await ensureImage(say);
  const number = await claimRun(false);
  try {
    await makeRun(number, image, options);
    const lab = await openLab(number);
    await Promise.all(lab.hosts.map((host) => host.ready(mostBootMs)));
    if (kept) await keepRun(number);
    return lab;
  } catch (error) {
    await removeRun(number, folderOf(number));
    throw error;
  }
}

/** Everything of a run: disks in memory, so that nothing of them survives, a key, a bridge, booting hosts. */
async function makeRun(number: number, image: Image, { hosts, beforeBoot }: LabOptions): Promise<void> {
  const folder = folderOf(number);
  const userKey = join(folder, 'key');
  await mkdir(disksOf(folder));
  await must('mount', '-t', 'tmpfs', '-o', 'mode=0755', 'meshclaw-lab', disksOf(folder));
  await must('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', userKey);
  await makeBridge(number);
  const authorised = (await readFile(`${userKey}.pub`, 'utf8')).trim();
  const keys: string[] = [];
  for (let host = 1; host <= hosts; host += 1) {
    const disk = await makeDisk({ number, hosts, image, authorised }, host, join(disksOf(folder), String(host)));
    keys.push(disk.hostKey);
    await beforeBoot?.(disk.root, host);
    await switchOn({ number, host, folder: disk.folder });
  }
  await writeFile(join(folder, 'host-keys'), `${keys.join('\n')}\n`);
  const known = keys.map((key, at) => `${addressOf(number, at + 1)} ${key}\n`);
  await writeFile(join(folder, 'known_hosts'), known.join(''));
}

/** A lab that was started before, by this process or another. */
export async function openLab(number: number): Promise<Lab> {
  const folder = folderOf(number);
  const keys = (await readFile(join(folder, 'host-keys'), 'utf8')).trimEnd().split('\n');
  const access = { userKey: join(folder, 'key'), knownHosts: join(folder, 'known_hosts') };
  const hosts = keys.map((hostKey, at) =>
    createHost({ number, host: at + 1, folder: join(disksOf(folder), String(at + 1)) }, { ...access, hostKey }),
  );
  return { number, hosts, stop: () => removeRun(number, folder) };
}
