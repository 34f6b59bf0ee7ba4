/** Disks: how full filesystems are and what is large on them. Reads only. */

import { defineRead, type FactValue, script } from '@meshclaw/core';
import { z } from 'zod';
import { AbsolutePath, RunsAs } from '../inputs.js';
import { DISK_KINDS } from './_disk/kind.js';
import { largestScript } from './_disk/largest-script.js';
import { parseLargest } from './_disk/parse-largest.js';
import { parseUsage } from './_disk/parse-usage.js';
import { USAGE_SCRIPT } from './_disk/usage-script.js';
import { wholeText } from './_text/read-text.js';

const Count = z.int().nonnegative();
const Percent = z.number().min(0).max(100);
const row = {
  source: z.string(),
  mount: z.string(),
  sizeKib: Count,
  usedKib: Count,
  /** What is left for accounts other than root. */
  availableKib: Count,
  usedPercent: Percent.nullable(),
};
const Mount = z.strictObject({
  ...row,
  type: z.string().nullable(),
  readOnly: z.boolean().nullable(),
  inodes: z.strictObject({ total: Count, used: Count, usedPercent: Percent }).nullable(),
});
/** A mounted filesystem as `disk.usage` tells it. */
export type Mount = z.output<typeof Mount>;

/** Answers the mounted filesystems, how full they are and how many inodes they have left. */
export const diskUsage = defineRead({
  name: 'disk.usage',
  title: 'Read how full the disks are',
  description:
    'Answers every mounted filesystem with its size, what is used and available, and its inodes. Changes nothing, needs no rights.',
  on: 'server',
  via: 'command',
  limits: { timeoutMs: 20_000, maxOutputBytes: 1_048_576 },
  input: z.strictObject({}),
  /** `complete` is false when the system could not ask every filesystem; `unread` counts lines that could not be read. */
  output: z.strictObject({ mounts: z.array(Mount).min(1), unread: Count, complete: z.boolean() }),
  action: () => script(USAGE_SCRIPT, []),
  parse: (outcome) => wholeText(outcome.stdout).andThen(parseUsage),
  facts: ({ mounts }) => mounts.filter(isStorage).flatMap(factsOf),
});

// Made by the system and always full or always empty (filesystems(5)); an overlay's room is that of the disk below.
const NOT_STORAGE = /^(?:squashfs|iso9660|erofs|cramfs|devtmpfs|devfs|overlay|fuse\.snapfuse|autofs|efivarfs|nullfs)$/;

/** Whether filling up matters for this filesystem: it can be written and its room is its own. The root always counts. */
export const isStorage = ({ mount, type, readOnly, usedPercent }: Mount): boolean =>
  usedPercent !== null && (mount === '/' || (readOnly !== true && !NOT_STORAGE.test(type ?? '')));

function factsOf({ mount, usedPercent, availableKib, inodes }: Mount): readonly FactValue[] {
  return [
    { name: `disk.used_percent:${mount}`, value: usedPercent, unit: 'percent' },
    { name: `disk.available:${mount}`, value: availableKib, unit: 'KiB' },
    ...(inodes ? [{ name: `disk.inodes_used_percent:${mount}`, value: inodes.usedPercent, unit: 'percent' }] : []),
  ];
}

const large = {
  path: z.string(),
  /** False where the name holds characters that cannot be shown; `path` is then no path to act on. */
  exact: z.boolean(),
  usedKib: Count,
  modifiedAt: z.iso.datetime(),
  kind: z.enum(DISK_KINDS),
};
const Largest = z.strictObject({
  filesystem: z.strictObject(row).nullable(),
  complete: z.boolean(),
  totalKib: Count,
  entries: Count,
  fileCount: Count,
  repeatedLinks: Count,
  uncheckedLinks: Count,
  otherFilesystems: Count,
  unreadable: z.strictObject({ count: Count, examples: z.array(z.string()) }),
  directories: z.array(z.strictObject(large)),
  files: z.array(z.strictObject({ ...large, sizeBytes: Count })),
});
/** What `disk.largest` answers. */
export type Largest = z.output<typeof Largest>;

/** Answers the largest directories (with all below them) and files of a tree, by one pass on the server. Stays on one filesystem, counts a hard-linked file once, follows no symbolic link below the top. */
export const diskLargest = defineRead({
  name: 'disk.largest',
  title: 'Find what is large on a disk',
  description:
    'Answers the largest directories and files below a directory, by space in use, with what each probably is. One pass that stays on its filesystem and stops after the given time. Changes nothing; as root it sees everything.',
  on: 'server',
  via: 'command',
  needs: ['userland'],
  limits: { timeoutMs: 150_000, maxOutputBytes: 1_048_576 },
  input: z.strictObject({
    path: AbsolutePath,
    top: z.int().min(1).max(100).default(20).describe('how many directories and how many files'),
    stopAfterSeconds: z.int().min(1).max(120).default(60),
    as: RunsAs,
  }),
  output: Largest,
  action: ({ path, top, stopAfterSeconds, as }, { userland }) =>
    script(largestScript(userland), [shortest(path), String(top), String(stopAfterSeconds)], as),
  parse: ({ stdout, stderr }) => wholeText(stdout).andThen((text) => parseLargest(text, stderr.text)),
});

/** Without double slashes or one at the end: paths are compared with what find prints. */
const shortest = (path: string): string => path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
