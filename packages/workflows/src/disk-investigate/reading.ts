/** What the numbers of one pass mean. */

import type { Finding, Performed } from '@meshclaw/core';
import type { Largest, Mount } from '../operations/disk.js';

/** The filesystem of a path: the one df told for it, else the mount point that is its longest beginning. */
export function mountOf(mounts: readonly Mount[], path: string, told: Largest['filesystem']): Mount | null {
  const holds = (mount: string) => mount === '/' || path === mount || path.startsWith(`${mount}/`);
  const exact = mounts.find(({ mount }) => mount === told?.mount);
  const longest = mounts
    .filter(({ mount }) => holds(mount))
    .sort((one, other) => other.mount.length - one.mount.length);
  return exact ?? longest[0] ?? null;
}

/** Files by kind, the largest sum first. */
export function kindsOf(files: Largest['files']) {
  const kinds = [...new Set(files.map(({ kind }) => kind))].map((kind) => {
    const these = files.filter((file) => file.kind === kind);
    return { kind, usedKib: these.reduce((sum, { usedKib }) => sum + usedKib, 0), fileCount: these.length };
  });
  return kinds.sort((one, other) => other.usedKib - one.usedKib);
}

/** The deepest directory below the top that still holds half of everything, else the largest one; `undefined` where no name can be acted on. */
export function whereToLook({ directories, totalKib, complete }: Largest): string | undefined {
  // Of a tree that was read whole the largest directory is its top.
  const below = directories.slice(complete ? 1 : 0).filter(({ exact }) => exact);
  return (below.findLast(({ usedKib }) => usedKib * 2 >= totalKib) ?? below[0])?.path;
}

/** Findings about the pass itself: what it could not read, and that it was stopped. */
export function shortcomings(
  { output, target, evidence }: Performed<Largest>,
  readAs: 'root' | 'login',
): readonly Finding[] {
  const { unreadable, complete, entries } = output;
  const unread: Finding = {
    id: 'disk.unreadable',
    target,
    severity: 'low',
    title: `${unreadable.count} places could not be read`,
    detail: `It was read as ${readAs}; sums leave those places out.`,
    evidence,
    facts: { count: unreadable.count, read_as: readAs },
  };
  const stopped: Finding = {
    id: 'disk.incomplete',
    target,
    severity: 'low',
    title: 'the tree was not read to its end',
    detail: `The time was up after ${entries} entries; sums are of those alone. A deeper path takes less time.`,
    evidence,
    facts: { entries },
  };
  return [...(unreadable.count > 0 ? [unread] : []), ...(complete ? [] : [stopped])];
}
