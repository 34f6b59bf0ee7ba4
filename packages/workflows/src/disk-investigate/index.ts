/** Answers what fills a disk: usage, inodes and the largest directories and files. Deletes nothing. */

import { defineWorkflow, type ObserveContext, type Refusal } from '@meshclaw/core';
import type { Result } from 'neverthrow';
import { z } from 'zod';
import { fillingDisks } from '../_findings/filling.js';
import { AbsolutePath, ServerId } from '../inputs.js';
import { diskLargest, diskUsage, type Largest as Tree } from '../operations/disk.js';
import { fileStat } from '../operations/file.js';
import { kindsOf, mountOf, shortcomings, whereToLook } from './reading.js';

const Largest = diskLargest.output.shape;
const data = z.strictObject({
  path: z.string(),
  /** The filesystem the path is on; `null` where usage could not be read. */
  mount: diskUsage.output.shape.mounts.element.nullable(),
  /** `null` where the tree could not be read. All sizes are space in use, in KiB. */
  tree: z
    .strictObject({
      /** Whose rights it was read with. */
      readAs: z.enum(['root', 'login']),
      complete: Largest.complete,
      totalKib: Largest.totalKib,
      entries: Largest.entries,
      fileCount: Largest.fileCount,
      /** Directories count all that is below them, so they hold one another. */
      directories: Largest.directories,
      files: Largest.files,
      /** The largest files by what they probably are. */
      kinds: z.array(z.strictObject({ kind: z.string(), usedKib: z.int(), fileCount: z.int() })),
      unreadable: Largest.unreadable,
      otherFilesystems: Largest.otherFilesystems,
    })
    .nullable(),
});
type Uses = typeof diskUsage | typeof diskLargest | typeof fileStat;

/** Reads how full the disk of a path is and what is large below that path. */
export const diskInvestigate = defineWorkflow({
  id: 'disk-investigate',
  title: 'Find out what fills a disk',
  description:
    'Reads usage and inodes of the filesystem a path is on, and the largest directories and files below the path with what each probably is (log, cache, model, backup …). Says what it could not read. Deletes and changes nothing.',
  phase: 'observe',
  uses: [diskUsage, diskLargest, fileStat],
  positionals: ['server', 'path'],
  example: 'disk-investigate web1 /var',
  input: z.strictObject({
    server: ServerId,
    path: AbsolutePath.default('/'),
    top: z.int().min(1).max(100).default(20).describe('how many directories and how many files'),
  }),
  data,
  run: async ({ server, path, top }, context) => {
    const usage = await context.perform(diskUsage, server, {});
    // Who cannot be reached is not asked again, which would cost the whole deadline once more.
    const largest = isUnreached(usage) ? undefined : await readTree(context, server, path, top);
    const tree = largest?.performed.output;
    const mount = usage.isOk() ? mountOf(usage.value.output.mounts, path, tree?.filesystem ?? null) : null;
    const findings = [
      ...(usage.isOk() && mount ? fillingDisks([mount], { target: server, evidence: usage.value.evidence }) : []),
      ...(largest ? shortcomings(largest.performed, largest.readAs) : []),
    ];
    if (!largest || !tree) return { data: { path, mount, tree: null }, findings };
    const { complete, totalKib, entries, fileCount, directories, files, unreadable, otherFilesystems } = tree;
    const told = { complete, totalKib, entries, fileCount, directories, files, unreadable, otherFilesystems };
    const next = await suggestions(context, server, tree);
    return { data: { path, mount, tree: { readAs: largest.readAs, ...told, kinds: kindsOf(files) } }, findings, next };
  },
});

const isUnreached = (read: Result<unknown, Refusal>): boolean =>
  read.isErr() && read.error.kind === 'not_sent' && !ONLY_THIS.includes(read.error.error.kind);
/** Kinds that say nothing of the next read. */
const ONLY_THIS = ['not_started', 'unsupported'];

/** As root, who sees everything; where that is not to be had, as the login. */
async function readTree(context: ObserveContext<Uses>, server: string, path: string, top: number) {
  // Some executors run sudo and see it fail, others look first and send nothing.
  const expects = ['failed', 'not_sent'] as const;
  const asRoot = await context.perform(diskLargest, server, { path, top, as: 'root' }, { expects });
  if (asRoot.isOk()) return { readAs: 'root' as const, performed: asRoot.value };
  if (asRoot.error.kind !== 'failed' && asRoot.error.kind !== 'not_sent') return undefined;
  const asLogin = await context.perform(diskLargest, server, { path, top, as: 'login' });
  return asLogin.isOk() ? { readAs: 'login' as const, performed: asLogin.value } : undefined;
}

/** A step down the tree, and a closer look at the largest files; only names that are exact. */
async function suggestions(context: ObserveContext<Uses>, server: string, tree: Tree) {
  const directory = whereToLook(tree);
  const files = tree.files.filter(({ exact }) => exact).slice(0, 3);
  return Promise.all([
    ...(directory === undefined
      ? []
      : [context.suggest(diskLargest, server, { path: directory, as: 'root' }, 'most of it is below here; see what')]),
    ...files.map(({ path }) =>
      context.suggest(fileStat, server, { path, as: 'root' }, 'one of the largest files; see whose it is'),
    ),
  ]);
}
