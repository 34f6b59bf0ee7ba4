/** Makes a host's disk: a copy-on-write view of the image with what is the host's own written into it. */

import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Image } from './image.js';
import { addressOf, machineName } from './network.js';
import { must } from './system.js';

/** What a run gives to each of its hosts. */
export interface Common {
  readonly number: number;
  readonly hosts: number;
  readonly image: Image;
  /** The public key that every user of a host lets in, one line. */
  readonly authorised: string;
}

/** A disk that can be booted. */
export interface Disk {
  readonly folder: string;
  readonly root: string;
  readonly data: string;
  /** One line of a .pub file. */
  readonly hostKey: string;
}

/** Makes the disk of one host in `folder`, which is on a file system that can hold an overlay's upper layer. */
export async function makeDisk(common: Common, host: number, folder: string): Promise<Disk> {
  const [upper, scratch, root, data] = ['upper', 'scratch', 'root', 'data'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const path of [upper, scratch, root, data]) await mkdir(path, { recursive: true });
  const options = `lowerdir=${common.image.root},upperdir=${upper},workdir=${scratch}`;
  await must('mount', '-t', 'overlay', '-o', options, machineName(common.number, host), root);
  await must('cp', '--sparse=always', common.image.data, join(folder, 'data.img'));
  await must('mount', '-o', 'loop', join(folder, 'data.img'), data);
  return { folder, root, data, hostKey: await writeOwn(common, host, root) };
}

/** Written before the first boot: without a machine id systemd would apply its presets and switch units on. */
async function writeOwn({ number, hosts, authorised }: Common, host: number, root: string): Promise<string> {
  const name = machineName(number, host);
  const peers = Array.from({ length: hosts }, (_, at) => `${addressOf(number, at + 1)} ${machineName(number, at + 1)}`);
  const network = `[Match]\nName=host0\n\n[Network]\nAddress=${addressOf(number, host)}/24\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n`;
  const files: Readonly<Record<string, string>> = {
    'etc/machine-id': `${randomBytes(16).toString('hex')}\n`,
    'etc/hostname': `${name}\n`,
    'etc/hosts': ['127.0.0.1 localhost', '::1 localhost', ...peers, ''].join('\n'),
    'etc/systemd/network/10-host0.network': network,
  };
  for (const [path, text] of Object.entries(files)) await writeFile(join(root, path), text);
  for (const home of ['root', 'home/deploy', 'home/ops']) {
    const path = join(root, home, '.ssh/authorized_keys');
    await writeFile(path, `${authorised}\n`, { mode: 0o600 });
    await must('chown', '--reference', join(root, home), path);
  }
  const key = join(root, 'etc/ssh/ssh_host_ed25519_key');
  await must('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', key);
  await chmod(key, 0o600);
  return (await readFile(`${key}.pub`, 'utf8')).trim();
}
