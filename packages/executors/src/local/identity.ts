/** Which machine this is: an id that survives reboots and changes of name. Never tells the raw id, which is confidential. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname, platform } from 'node:os';

// systemd's file first, D-Bus's older copy second (machine-id(5)).
const FILES = ['/etc/machine-id', '/var/lib/dbus/machine-id'];
const IOREG = '/usr/sbin/ioreg';

/** `local:<32 hex digits>` of the machine's own id, or `local:hostname:<name>` where it has none (many containers). */
export async function machineIdentity(): Promise<string> {
  const id = (await fromFiles()) ?? (platform() === 'darwin' ? await fromRegistry() : undefined);
  return id === undefined ? `local:hostname:${hostname()}` : `local:${hashed(id)}`;
}

async function fromFiles(): Promise<string | undefined> {
  for (const file of FILES) {
    const id = parseMachineId(await readFile(file, 'utf8').catch(() => ''));
    if (id !== undefined) return id;
  }
  return undefined;
}

/** The id in a machine-id file; `undefined` for an empty file or one that says `uninitialized` (machine-id(5)). */
export function parseMachineId(text: string): string | undefined {
  const id = text.trim().toLowerCase();
  return /^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id) ? id : undefined;
}

function fromRegistry(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { env: {}, timeout: 5_000, maxBuffer: 1_048_576 };
    execFile(IOREG, ['-rd1', '-c', 'IOPlatformExpertDevice'], options, (_error, stdout) =>
      resolve(parsePlatformUuid(stdout)),
    );
  });
}

/** The `IOPlatformUUID` in what macOS's `ioreg -rd1 -c IOPlatformExpertDevice` prints. */
export function parsePlatformUuid(text: string): string | undefined {
  return /"IOPlatformUUID"\s*=\s*"([0-9A-Fa-f-]{36})"/.exec(text)?.[1]?.toLowerCase();
}

// machine-id(5): "should be considered confidential"; applications are to use a hash that is their own.
const hashed = (id: string): string =>
  createHash('sha256').update('meshclaw-machine/1\0').update(id).digest('hex').slice(0, 32);
