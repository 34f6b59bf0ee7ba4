/** What keeps this machine from having a lab, in words. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PROGRAMS = ['systemd-nspawn', 'debootstrap', 'ssh', 'ssh-keygen', 'ip', 'mkfs.ext4', 'flock', 'unshare'] as const;

/** Why there can be no lab here; undefined when there can. */
export function whyNoLab(): string | undefined {
  if (process.getuid?.() !== 0) return 'the lab needs root';
  if (!existsSync('/etc/debian_version')) return 'the lab needs Debian';
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  const missing = PROGRAMS.filter((program) => !folders.some((folder) => existsSync(`${folder}/${program}`)));
  if (missing.length > 0) return `the lab needs ${missing.join(', ')} (apt-get install ${DEBIAN_PACKAGES.join(' ')})`;
  // Root in a container may lack the right. Tried in namespaces that end with the trial.
  const trial = 'mount -t tmpfs none /mnt && ip link add trial0 type bridge';
  const tried = spawnSync('unshare', ['--mount', '--net', '--pid', '--fork', 'sh', '-c', trial], { encoding: 'utf8' });
  return tried.status === 0
    ? undefined
    : `the lab needs the right to mount and to make bridges: ${tried.stderr.trim()}`;
}

/** Where the programs come from. */
export const DEBIAN_PACKAGES = [
  ...['systemd-container', 'debootstrap', 'openssh-client', 'iproute2', 'e2fsprogs', 'util-linux'],
] as const;
