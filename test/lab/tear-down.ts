/** Removes everything of a run: processes, mounts, links, files. Works on whatever a crash left of it. */

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeControlGroups } from './control-groups.js';
import { bridgeOf, isBridgeTaken, machineName } from './network.js';
import { firstProcessOf, keepersOf, kill } from './processes.js';
import { must, run } from './system.js';

/** How long the kernel may take to end what was killed. */
const MOST_WAIT_MS = 20_000;
/** How long systemd-nspawn may take to come up or to end. */
const PATIENCE_MS = 3_000;

/** Where the disks of a run's hosts are. */
export const disksOf = (folder: string): string => join(folder, 'disks');

/** Removes the run of this number, whose files are in `folder`. */
export async function removeRun(number: number, folder: string): Promise<void> {
  const hosts = (await readdir(disksOf(folder)).catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  await Promise.all(hosts.map((host) => endHost(machineName(number, host), join(disksOf(folder), String(host)))));
  await unmountBelow(folder);
  const bridge = bridgeOf(number);
  if (await isBridgeTaken(bridge)) await must('ip', 'link', 'delete', bridge);
  await rm(folder, { recursive: true, force: true });
}

/** Ends a host without warning and waits until nothing of it runs. */
export async function endHost(machine: string, disk: string): Promise<void> {
  const from = performance.now();
  for (;;) {
    const keepers = await keepersOf(machine);
    const first = await firstProcessOf(join(disk, 'upper'));
    if (keepers.length === 0 && first === undefined && (await removeControlGroups(machine))) return;
    const waited = performance.now() - from;
    if (waited > MOST_WAIT_MS) throw new Error(`${machine} does not end: processes ${keepers} and ${first}`);
    // systemd-nspawn ends by itself once the host has; killed before, it would leave the host running.
    if (first !== undefined) kill(first);
    else if (waited > PATIENCE_MS) for (const pid of keepers) kill(pid);
    await sleep(20);
  }
}

/** The last mounted first. */
async function unmountBelow(folder: string): Promise<void> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  const points = table.split('\n').map((line) => line.split(' ')[4] ?? '');
  for (const point of points.filter((one) => one.startsWith(`${folder}/`)).toReversed()) {
    const { code } = await run(['umount', point]);
    if (code !== 0) await must('umount', '--lazy', point);
  }
}
