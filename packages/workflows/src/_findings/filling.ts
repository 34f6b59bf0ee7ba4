/** When a disk or memory is a finding. One table, so that every workflow says the same of the same numbers. */

import type { Finding, Severity } from '@meshclaw/core';
import { isStorage, type Mount } from '../operations/disk.js';
import { type HostFacts, memoryUsedPercent } from '../operations/host.js';

/** Where a finding was seen: the server and the ledger records of the read. */
export interface Seen {
  readonly target: string;
  readonly evidence: readonly string[];
}

// Percent used. ext4 keeps 5 % for root, so at 95 % others are about to be refused; 85 % leaves time to act in the day.
const DISK = { medium: 85, high: 95 };
// Linux fills memory with caches that count as available; when even those are gone the kernel begins to kill.
const MEMORY = { medium: 90, high: 95 };

function severityOf(
  usedPercent: number,
  limits: { readonly medium: number; readonly high: number },
): Severity | undefined {
  if (usedPercent >= limits.high) return 'high';
  return usedPercent >= limits.medium ? 'medium' : undefined;
}

/** Findings `disk.filling` and `disk.inodes_filling` of filesystems that can fill up. */
export function fillingDisks(mounts: readonly Mount[], seen: Seen): readonly Finding[] {
  return mounts.filter(isStorage).flatMap((one) => [...filling(one, seen), ...fillingInodes(one, seen)]);
}

function filling({ mount, usedPercent, availableKib }: Mount, { target, evidence }: Seen): readonly Finding[] {
  const severity = usedPercent === null ? undefined : severityOf(usedPercent, DISK);
  if (severity === undefined || usedPercent === null) return [];
  const title = `${mount} is ${usedPercent} % full`;
  const detail = `${availableKib} KiB are left for accounts other than root.`;
  const facts = { mount, used_percent: usedPercent, available_kib: availableKib };
  return [{ id: 'disk.filling', target, severity, title, detail, evidence, facts }];
}

function fillingInodes({ mount, inodes }: Mount, { target, evidence }: Seen): readonly Finding[] {
  const severity = inodes === null ? undefined : severityOf(inodes.usedPercent, DISK);
  if (severity === undefined || inodes === null) return [];
  const title = `${mount} has used ${inodes.usedPercent} % of its inodes`;
  const detail = `${inodes.total - inodes.used} more files can be made, whatever room is left.`;
  const facts = { mount, inodes_used_percent: inodes.usedPercent, inodes_free: inodes.total - inodes.used };
  return [{ id: 'disk.inodes_filling', target, severity, title, detail, evidence, facts }];
}

/** The finding `memory.low`, where the system says how much is available. */
export function lowMemory(host: HostFacts, { target, evidence }: Seen): readonly Finding[] {
  const usedPercent = memoryUsedPercent(host);
  const severity = usedPercent === null ? undefined : severityOf(usedPercent, MEMORY);
  if (severity === undefined || usedPercent === null) return [];
  const { availableKib, totalKib } = host.memory;
  const title = `${usedPercent} % of memory is in use`;
  const detail = `${availableKib} of ${totalKib} KiB are available.`;
  const facts = { used_percent: usedPercent, available_kib: availableKib, total_kib: totalKib };
  return [{ id: 'memory.low', target, severity, title, detail, evidence, facts }];
}
