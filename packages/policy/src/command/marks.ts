/** Compares paths with the policy's lists and says which ones they may be on. What that means is policy's to say. */

import type { CommandFacts, JsonObject, PathMark } from '@meshclaw/core';
import { z } from 'zod';
import { ANY, HOME, isWild, mayBe, mayBeIn, mayContain, readings, STAR } from './pattern.js';

const texts = z.array(z.string());
const parametersSchema = z.object({
  secret_parts: texts,
  secret_trees: texts,
  sensitive_parts: texts,
  public_names: texts,
  own_parts: texts,
  protected_paths: texts,
  protected_roots: texts,
  protected_mounts: texts,
  protected_parts: texts,
  autostart_parts: texts,
  log_roots: texts,
  whole_trees: texts,
  harmless_devices: texts,
  metadata_hosts: texts,
  hook_variables: texts,
  harmless_variables: texts,
});
/** The lists that paths and hosts are compared with. */
export type PathLists = z.output<typeof parametersSchema>;

/** The lists of a policy's parameters. Throws when one is missing: then nothing can be judged. */
export const pathLists = (parameters: JsonObject): PathLists => parametersSchema.parse(parameters);

// What names a locale, a zone or a size; a path could name any file.
const PLAIN_VALUE = /^(?![/:])(?!.*\.\.)[\w.@:+,/ -]{0,64}$/;
/** A wildcard in a longer path makes comparing slow; it may be anything. */
const LONGEST_WILD = 512;

export interface Marker {
  /** The lists that a path, or anything below it for `tree`, may be on. */
  path(path: string, tree: boolean): readonly PathMark[];
  target(target: string): readonly PathMark[];
  /** Whether programs obey a variable. */
  variable(name: string, value: string): CommandFacts['environment'][number]['kind'];
  /** The first secret part that a text of code names. */
  secretIn(text: string): string | undefined;
  /** Whether writing to it keeps nothing and reading it tells nothing. */
  isHarmlessDevice(path: string): boolean;
}

/** Makes the comparisons over one set of lists. */
export function createMarker(lists: PathLists): Marker {
  const trees = lists.whole_trees.map((tree) => (tree === '' ? '/' : tree));
  const own = lists.own_parts.flatMap((part) => [part, part.replace(/^\/home\/[^/]+\//, '/home/~/')]);
  const roots = [...lists.protected_roots, ...lists.protected_mounts];
  const isHarmlessDevice = (path: string): boolean => lists.harmless_devices.includes(path);
  const has = createHas();
  const isTree = (path: string): boolean =>
    [path, withoutStar(path)].some((one) => one === HOME || trees.some((tree) => mayBe(one, tree)));
  // A certificate and the public half of a key are for everybody, also in a folder of secrets.
  const isPublic = (path: string): boolean =>
    !isWild(path) && lists.public_names.some((name) => fits(name, path.slice(path.lastIndexOf('/') + 1)));
  const isProtected = (path: string, tree: boolean): boolean =>
    lists.protected_paths.some((one) => mayBe(path, one) || (tree && isBelow(one, path))) ||
    roots.some((one) => mayBeIn(path, one) || (tree && isBelow(one, path))) ||
    has(path, lists.protected_parts);
  const tests: Readonly<Partial<Record<PathMark, (path: string, tree: boolean) => boolean>>> = {
    secret: (path, tree) =>
      (has(path, lists.secret_parts) && !isPublic(path)) ||
      (tree && !lists.secret_trees.some((one) => mayBe(path, withoutSlash(one))) && leadsTo(path, lists.secret_parts)),
    sensitive: (path, tree) =>
      (has(path, lists.sensitive_parts) && !isPublic(path)) ||
      (tree && lists.secret_trees.some((one) => mayHold(one, path))),
    own: (path, tree) => has(path, own) || (tree && own.some((one) => isBelow(one, path))),
    protected: isProtected,
    autostart: (path) => has(path, lists.autostart_parts),
    log: (path) => lists.log_roots.some((root) => mayBeIn(path, root)),
    tree: isTree,
    device: (path) => mayBeIn(path, '/dev') && !isHarmlessDevice(path),
    link: (path) => /^\/proc\/[^/]+\/(?:.*\/)?(?:root|cwd|fd|map_files)(?:\/|$)/.test(path),
  };
  return {
    isHarmlessDevice,
    variable: (name, value) => {
      if (lists.harmless_variables.includes(name) && PLAIN_VALUE.test(value)) return 'harmless';
      if (/PAGER$/.test(name) && /^(?:cat)?$/.test(value)) return 'harmless';
      return lists.hook_variables.some((one) => fits(one, name)) ? 'hook' : 'other';
    },
    secretIn: (text) => lists.secret_parts.find((part) => text.includes(part.replace(/\/$/, ''))),
    target: (target) => (lists.metadata_hosts.some((host) => target.includes(host)) ? ['metadata'] : []),
    path: (path, tree) => {
      if (isHarmlessDevice(path)) return [];
      const all = readings(path);
      const slow = isWild(path) && path.length > LONGEST_WILD;
      return Object.entries(tests).flatMap(([mark, test]) =>
        slow || all.some((one) => test(one, tree)) ? [mark as PathMark] : [],
      );
    },
  };
}

/** Whether a path may have one of a list's parts in it. Plain paths are compared with the whole list at once. */
function createHas(): (path: string, parts: readonly string[]) => boolean {
  const whole = new Map<readonly string[], RegExp>();
  return (path, parts) => {
    const text = `${path}/`;
    if (isWild(path)) return parts.some((part) => mayContain(text, part));
    const known = whole.get(parts) ?? new RegExp(parts.map(escaped).join('|') || '(?!)', 'u');
    whole.set(parts, known);
    return known.test(text);
  };
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A name in a list; `*` at either end is any rest. */
function fits(listed: string, name: string): boolean {
  if (listed.startsWith('*')) return name.endsWith(listed.slice(1));
  return listed.endsWith('*') ? name.startsWith(listed.slice(0, -1)) : name === listed;
}

const withoutSlash = (tree: string): string => (tree.length > 1 ? tree.replace(/\/$/, '') : tree);

/** Whether a listed tree may be meant, or with a slash at its end one below it. */
const mayHold = (listed: string, path: string): boolean =>
  listed.length > 1 && listed.endsWith('/') ? mayBeIn(path, withoutSlash(listed)) : mayBe(path, listed);

/** `/srv/*` is all of `/srv`. */
const withoutStar = (path: string): string => {
  let end = path.length;
  for (let at = end; at > 0; ) {
    while (at > 0 && (path[at - 1] === STAR || path[at - 1] === ANY)) at -= 1;
    if (at === end || path[at - 1] !== '/') break;
    end = at - 1;
    at = end;
  }
  return end === 0 && path !== '' ? '/' : path.slice(0, end);
};

const isBelow = (inner: string, folder: string): boolean => inner.startsWith(folder === '/' ? '/' : `${folder}/`);

/** Whether a folder is the beginning of a secret part: everything below `/x/.aws` has `/.aws/credentials` in it. */
const leadsTo = (path: string, parts: readonly string[]): boolean =>
  parts.some((part) => {
    for (let end = part.indexOf('/', 1); end > 0; end = part.indexOf('/', end + 1)) {
      if (`${path}/`.endsWith(part.slice(0, end + 1))) return true;
    }
    return false;
  });
