/** What files are now, as a text that is another one when they are: cheap enough to ask every second. */

import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Size, times, identity and mode of each path and of everything below it. Nothing is read; a change of content changes the time of change, which no program can set. Throws where something cannot be looked at. */
export function sourceState(paths: readonly string[]): string {
  return paths.flatMap((path) => [path, ...below(path)].map(stateOf)).join('\n');
}

function below(path: string): readonly string[] {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(path, { recursive: true })
    .map(String)
    .filter((name) => !/^\.git(\/|$)/.test(name))
    .sort()
    .map((name) => join(path, name));
}

function stateOf(path: string): string {
  const stats: BigIntStats | undefined = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return `${path} -`;
  const { size, mtimeNs, ctimeNs, ino, mode, uid } = stats;
  return [path, size, mtimeNs, ctimeNs, ino, mode, uid].join(' ');
}
