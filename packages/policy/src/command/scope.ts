/** What is known while a command is read: models, lists, where it stands, and the facts found so far. */

import {
  type CommandEffect,
  type CommandEffectKind,
  type CommandFacts,
  PATH_MARKS,
  type PathMark,
} from '@meshclaw/core';
import type { Argument } from './argument.js';
import type { Marker } from './marks.js';
import type { Models } from './model.js';
import { ANY, isWild, normalPath, shown } from './pattern.js';
import type { ParsedScript } from './syntax.js';
import { spend, type Work } from './work.js';

/** What a program finds on its standard input, or leaves on its output. */
export type Origin =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'download' }
  | { readonly kind: 'generated'; readonly paths?: readonly string[] };
export const NOTHING: Origin = { kind: 'none' };
export const GENERATED: Origin = { kind: 'generated' };

/** A program's facts while they are gathered. */
export interface Program {
  readonly name: string;
  readonly chain: readonly string[];
  readonly privilege: 'login' | 'raised';
  readonly words: readonly string[];
  readonly effects: CommandEffect[];
  readonly unknown: string[];
}
/** Everything found so far, for the whole command. */
export interface Found {
  readonly programs: Program[];
  readonly dynamic: Set<string>;
  readonly obscured: Set<string>;
  readonly environment: CommandFacts['environment'];
  /** Paths that hold what came from the network, or was made at run time. */
  readonly downloaded: Set<string>;
  readonly generated: Set<string>;
  /** Where the text of each substitution comes from. */
  readonly substituted: Map<ParsedScript, Origin>;
  /** Lists that paths may be on, by path, and how many characters of patterns were compared. */
  readonly marked: Map<string, readonly PathMark[]>;
  wild: number;
  /** Effects that each program has already, so that none is stated twice. */
  readonly stated: Map<Program, Set<string>>;
}
/** Folders that relative paths may start from. A subshell has its own. */
export interface Flow {
  folders: readonly string[];
  /** Where it still stands if the last `cd` failed. */
  before: readonly string[] | undefined;
}
export interface Scope {
  readonly models: Models;
  readonly marker: Marker;
  readonly found: Found;
  readonly chain: readonly string[];
  readonly privilege: 'login' | 'raised';
  readonly functions: Set<string>;
  readonly assigned: Map<string, readonly string[]>;
  readonly depth: number;
  readonly work: Work;
}

/** Deeper nesting is not looked into: nobody writes it to be read. */
export const DEEPEST = 8;
/** More programs in one command are no longer read one by one. */
export const MOST_PROGRAMS = 256;
/** More patterns than these, in characters, are on every list: comparing them takes time that only a hostile text wants. */
const MOST_WILD = 2_048;
/** Steps for what is stated: every fact is written, read again and judged. */
const STATED = 64;
/** Steps for a path that is compared with all lists. */
const COMPARED = 64;
/** More folders are not told apart. */
const MOST_FOLDERS = 4;

/** Starts a program's facts. */
export function addProgram(
  { found, chain, privilege, work }: Scope,
  name: string,
  words: readonly Argument[],
): Program {
  spend(work, STATED + chain.length + words.reduce((sum, { pattern }) => sum + pattern.length + 4, 0));
  const program: Program = {
    ...{ name, chain, privilege, effects: [], unknown: [] },
    words: words.map(({ pattern }) => shown(pattern)),
  };
  found.programs.push(program);
  if (found.programs.length > MOST_PROGRAMS) found.obscured.add('more programs than anybody reads');
  return program;
}

/** Adds an effect without a path. */
export function addTarget(
  { marker, work }: Scope,
  program: Program,
  kind: CommandEffectKind,
  target: string,
  via: string,
): void {
  spend(work, STATED + target.length + via.length);
  const text = shown(target);
  program.effects.push({ kind, target: text, via, tree: false, marks: [...marker.target(text)] });
}

/** Adds an effect on a path, for each folder it may start from; answers the paths. */
export function addPath(
  scope: Scope,
  flow: Flow,
  program: Program,
  kind: CommandEffectKind,
  word: Argument,
  via: string,
  tree = false,
): readonly string[] {
  const { marker, work } = scope;
  spend(work, stepsOfPlaces(flow, word.pattern) + flow.folders.length * (STATED + via.length));
  const paths = [...new Set(flow.folders.map((folder) => normalPath(word.pattern, folder)))];
  return paths.filter((path) => {
    if (marker.isHarmlessDevice(path)) return false;
    const whole = tree || word.tree === true;
    const marks = [...marksOf(scope, path, whole)];
    const effect = { kind, path: shown(path), via, tree: whole, marks };
    if (isNew(scope, program, effect)) program.effects.push(effect);
    if (marks.includes('link')) program.unknown.push(`path through a link: ${shown(path)}`);
    return true;
  });
}

/** Steps for making a path of each folder. */
const stepsOfPlaces = ({ folders }: Flow, pattern: string): number =>
  folders.reduce((sum, folder) => sum + 4 * (folder.length + pattern.length), 0);

/** The same effect by the same word is stated once. */
function isNew({ found }: Scope, program: Program, { kind, path = '', via }: CommandEffect): boolean {
  const stated = found.stated.get(program) ?? new Set();
  found.stated.set(program, stated);
  const key = `${kind} ${via}\0${path}`;
  if (stated.has(key)) return false;
  stated.add(key);
  return true;
}

/** The same path is compared once. */
function marksOf({ found, marker, work }: Scope, path: string, tree: boolean): readonly PathMark[] {
  const key = `${tree ? 'tree ' : ''}${path}`;
  const known = found.marked.get(key);
  if (known) return known;
  spend(work, COMPARED);
  if (isWild(path)) {
    found.wild += path.length;
    spend(work, 16 * path.length + 2 * COMPARED * (path.match(/[\uE000-\uE002]/g)?.length ?? 0));
  }
  const marks = found.wild > MOST_WILD ? PATH_MARKS : marker.path(path, tree);
  found.marked.set(key, marks);
  return marks;
}

/** `cd`: from here on relative paths start elsewhere. */
export function changeFolder({ work }: Scope, flow: Flow, word: Argument | undefined, home: string): void {
  const { folders } = flow;
  const pattern = word === undefined ? home : word.pattern;
  spend(work, stepsOfPlaces(flow, pattern));
  flow.before = folders;
  flow.folders = pattern === '-' ? [ANY] : [...new Set(folders.map((folder) => normalPath(pattern, folder)))];
}

/** After anything but `&&` it is not known whether the last `cd` worked. */
export function settleFolder(flow: Flow): void {
  if (flow.before === undefined) return;
  const all = [...new Set([...flow.folders, ...flow.before])];
  flow.folders = all.length > MOST_FOLDERS ? [ANY] : all;
  flow.before = undefined;
}

/** The same place, for what cannot move it for others. */
export const ownFlow = ({ folders, before }: Flow): Flow => ({ folders, before });

/** Values of one variable that are told apart. */
const MOST_VALUES = 8;

/** A variable is set: from here on it may have this value too. */
export function noteVariable({ assigned, found, marker, work }: Scope, name: string, value: string): void {
  spend(work, STATED + name.length + value.length);
  const text = shown(value);
  found.environment.push({ name, value: text, kind: marker.variable(name, text) });
  const values = [...new Set([...(assigned.get(name) ?? []), value])];
  assigned.set(name, values.length > MOST_VALUES ? [ANY] : values);
}
