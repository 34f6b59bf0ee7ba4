/** The base image: a small Debian that every host is a copy of. Made once by debootstrap, kept in the cache. */

import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { alone, CACHE, must, run } from './system.js';

/** What every host is made from. */
export interface Image {
  /** The root file system; never written to. */
  readonly root: string;
  /** An empty ext4 file system of 64 MB, to be copied for a host's /data. */
  readonly data: string;
}

const SUITE = 'bookworm';
const PACKAGES = [
  ...[
    'systemd',
    'systemd-sysv',
    'dbus',
    'openssh-server',
    'iproute2',
    'procps',
    'sudo',
    'cron',
    'rsyslog',
    'logrotate',
  ],
] as const;

// Machine id and host keys are each host's own. ssh waits for logins to be open, so that whoever sees its banner may log
// in. What would wait for a network, or do something at a time of its own, is switched off.
const FINISH = `set -e
export LC_ALL=C
useradd -u 1000 -m -s /bin/bash -p '*' deploy
useradd -u 1001 -m -s /bin/bash -p '*' ops
printf 'deploy ALL=(ALL:ALL) NOPASSWD: ALL\\n' > /etc/sudoers.d/deploy
chmod 0440 /etc/sudoers.d/deploy
for home in /root /home/deploy /home/ops; do mkdir -m 0700 -p "$home/.ssh"; chown --reference="$home" "$home/.ssh"; done
mkdir -p /data /etc/systemd/system/ssh.service.d
printf '[Unit]\\nAfter=systemd-user-sessions.service\\n' > /etc/systemd/system/ssh.service.d/logins.conf
systemctl enable systemd-networkd.service ssh.service
systemctl disable systemd-networkd-wait-online.service
systemctl mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
rm -f /etc/machine-id /var/lib/dbus/machine-id /etc/ssh/ssh_host_* /etc/resolv.conf /etc/hostname
rm -rf /var/cache/apt/archives/*.deb /var/lib/apt/lists/*
`;

// In a mount namespace of its own: what debootstrap mounts goes with it, however it ends.
const MAKE = `set -e
debootstrap --variant=minbase --include="$2" "$3" "$1/root"
chroot "$1/root" sh -c "$4"
truncate -s 64M "$1/data.img"
mkfs.ext4 -q -F -L data "$1/data.img"
`;

/** Another recipe is another image. */
const DIGEST = createHash('sha256')
  .update(JSON.stringify([SUITE, PACKAGES, FINISH, MAKE]))
  .digest('hex')
  .slice(0, 12);

/** The image, made now when it is not in the cache. Takes about a minute then, and needs Debian's archive. */
export function ensureImage(say: (line: string) => void = () => {}): Promise<Image> {
  const folder = join(CACHE, `image-${DIGEST}`);
  return alone('image', async () => {
    if (!(await exists(join(folder, 'complete')))) await makeImage(folder, say);
    return { root: join(folder, 'root'), data: join(folder, 'data.img') };
  });
}

async function makeImage(folder: string, say: (line: string) => void): Promise<void> {
  say(`making the base image in ${CACHE}, once; about a minute`);
  await removeUnfinished();
  const making = `${folder}-${randomUUID()}.making`; // a killed maker's debootstrap may still be writing into its own
  await mkdir(making, { recursive: true, mode: 0o700 });
  await must(
    'unshare',
    '--mount',
    '--propagation=private',
    'sh',
    '-c',
    MAKE,
    'make',
    making,
    PACKAGES.join(','),
    SUITE,
    FINISH,
  );
  await writeFile(join(making, 'complete'), '');
  await rename(making, folder);
}

/** What a process that died in the middle left behind; nobody else can be at it, the section is ours alone. */
async function removeUnfinished(): Promise<void> {
  const names = await readdir(CACHE);
  for (const name of names.filter((one) => one.endsWith('.making'))) {
    await run(['rm', '-rf', '--one-file-system', join(CACHE, name)]);
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
