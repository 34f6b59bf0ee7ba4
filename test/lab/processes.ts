/** Finds a host's processes by what only they have: the machine's name in their words, the host's disk in their mounts. */

import { readdir, readFile, readlink } from 'node:fs/promises';

/** The shell that starts a host again, and systemd-nspawn itself. */
export async function keepersOf(machine: string): Promise<readonly number[]> {
  const word = `--machine=${machine}`;
  return having(async (pid) => (await read(pid, 'cmdline')).split('\0').includes(word));
}

/** The host's process 1, by the folder its root file system is written to. Found even when systemd-nspawn is gone. */
export async function firstProcessOf(upper: string): Promise<number | undefined> {
  const own = await readlink('/proc/self/ns/mnt');
  const seen = new Map<string, boolean>();
  const inside = await having(async (pid) => {
    const space = await readlink(`/proc/${pid}/ns/mnt`);
    if (space === own) return false;
    if (!seen.has(space)) seen.set(space, (await read(pid, 'mountinfo')).includes(`upperdir=${upper},`));
    return seen.get(space) === true && /^NSpid:.*\t1$/m.test(await read(pid, 'status'));
  });
  return inside[0];
}

const read = (pid: number, name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8');

async function having(fits: (pid: number) => Promise<boolean>): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => fits(pid).catch(() => false))); // it ended meanwhile
  return pids.filter((_, at) => found[at]);
}

/** Ends a process without asking it; one that is gone already is fine. */
export const kill = (pid: number): void => signal(pid, 'SIGKILL');

/** Signals a process; one that is gone already is fine. */
export function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ESRCH') throw error;
  }
}
