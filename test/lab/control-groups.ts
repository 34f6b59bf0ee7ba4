/** A control group for each host. In one together, each host's systemd would take the others' processes for its own. */

import { access, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

// The older kind keeps systemd's own hierarchy apart from the newer kind's; where only the newer is, it is the root.
const HIERARCHIES = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'];
const ONLY = '/sys/fs/cgroup';

/** Whether the machine has only the newer kind (cgroup v2). Hosts get the kind that the machine has. */
export const isUnified = (): Promise<boolean> => exists(join(ONLY, 'cgroup.controllers'));

/** The folders of a host's control groups, one a hierarchy. */
export async function controlGroupsOf(machine: string): Promise<readonly string[]> {
  const roots = (await isUnified()) ? [ONLY] : await keepExisting(HIERARCHIES);
  return roots.map((root) => join(root, `meshclaw-${machine}`));
}

/** Every process of a host, as this machine numbers them, with those that keep it running. */
export async function processesOf(machine: string): Promise<readonly number[]> {
  const [group = ''] = await controlGroupsOf(machine);
  return membersOf(group);
}

async function membersOf(folder: string): Promise<readonly number[]> {
  const own = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []); // it ended meanwhile
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => membersOf(join(folder, entry.name))),
  );
  return [
    ...own
      .split('\n')
      .filter((line) => line !== '')
      .map(Number),
    ...below.flat(),
  ];
}

/** Removes the control groups of a host; false while something of it still runs. */
export async function removeControlGroups(machine: string): Promise<boolean> {
  const gone = await Promise.all((await controlGroupsOf(machine)).map(removeGroup));
  return gone.every((one) => one);
}

async function removeGroup(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory() && !(await removeGroup(join(folder, entry.name)))) return false;
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    return (error as { readonly code?: unknown }).code === 'ENOENT';
  }
}

async function keepExisting(paths: readonly string[]): Promise<readonly string[]> {
  const there = await Promise.all(paths.map(exists));
  return paths.filter((_, at) => there[at]);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
