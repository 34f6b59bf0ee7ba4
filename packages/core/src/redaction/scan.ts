/** Masks what rules recognise, in text that may come in pieces: what comes out does not depend on where it was cut. */

import { createFinder, type Finder } from './finder.js';
import {
  endsKey,
  KEY_LITERALS,
  type KeyWatch,
  keyBegins,
  materialAt,
  materialRegion,
  nextLine,
  nextOfKey,
  PRIVATE_KEY,
} from './private-key.js';
import type { Region } from './region.js';
import { type Found, LOOK_AHEAD, LOOK_BACK, maskOf, type SecretRule } from './rule.js';
import type { Stage } from './stage.js';

/** The tables of a set of rules; made once. */
export interface RuleTable {
  readonly finder: Finder;
  readonly rules: readonly { readonly literal: string; readonly rule: SecretRule | undefined }[];
}

/** Prepares rules. Where several hold at one place, the one with the longest literal is asked first. */
export function ruleTable(secretRules: readonly SecretRule[]): RuleTable {
  const rules = [
    ...KEY_LITERALS.map((literal) => ({ literal, rule: undefined })),
    ...secretRules.flatMap((rule) => rule.literals.map((literal) => ({ literal, rule }))),
  ];
  const literals = rules.map(({ literal }) => literal);
  return { rules, finder: createFinder({ literals, ignoreCase: true }) };
}

/** Where a scan is. Places are relative to `text`, which is cut off at its front as it is given out. */
interface Scan {
  text: string;
  /** Everything before was looked at. */
  place: number;
  /** Everything before was given out, or is masked. */
  told: number;
  out: string;
  /** What is being masked now. */
  region: Region | undefined;
  /** Values that begin further on, in their order. */
  coming: readonly Found[];
  watch: KeyWatch | undefined;
}

/** A stage that masks by rules. */
export function scanByRules(table: RuleTable): Stage {
  const scan: Scan = { text: '', place: 0, told: 0, out: '', region: undefined, coming: [], watch: undefined };
  const upTo = (limit: number, heldBack: number): string => {
    while (scan.place < limit) step(scan, table, limit);
    const until = Math.max(scan.told, Math.min(scan.place, scan.text.length - heldBack));
    const given = scan.out + scan.text.slice(scan.told, until);
    scan.told = until;
    scan.out = '';
    return given;
  };
  return {
    push: (more) => {
      scan.text += more;
      const given = upTo(scan.text.length - LOOK_AHEAD, LOOK_AHEAD + LOOK_BACK);
      forget(scan, Math.max(0, Math.min(scan.told, scan.place - MOST_REMEMBERED)));
      return given;
    },
    end: () => upTo(scan.text.length, 0),
  };
}

/** How far before a literal a rule may look to know what it belongs to. */
const MOST_REMEMBERED = 160;

function forget(scan: Scan, length: number): void {
  scan.text = scan.text.slice(length);
  scan.place -= length;
  scan.told -= length;
  scan.coming = scan.coming.map((found) => ({
    ...found,
    start: found.start - length,
    reach: movedReach(found.reach, length),
  }));
}

function movedReach(reach: Found['reach'], by: number): Found['reach'] {
  if ('end' in reach) return { end: reach.end - by };
  return reach.from === undefined ? reach : { ...reach, from: reach.from - by };
}

function step(scan: Scan, { finder, rules }: RuleTable, limit: number): void {
  const [first] = scan.coming;
  if (scan.region) leaveOut(scan, scan.region, limit);
  else if (first && first.start <= scan.place) begin(scan, ...alsoToken(scan, finder, rules, first));
  else {
    const { text, place, watch } = scan;
    const end = Math.min(limit, first?.start ?? limit);
    const literal = finder.next(text, place, end);
    const stop = literal === -1 ? end : literal;
    scan.place = watch === undefined ? stop : nextOfKey(text, place, stop);
    if (scan.place >= end || (watch && lookAtKey(scan, watch))) return;
    if (scan.place === literal) lookByRules(scan, finder, rules);
    const [next] = scan.coming;
    if (next === undefined || next.start > scan.place) scan.place += 1;
  }
}

/** Passes over what is masked. */
function leaveOut(scan: Scan, region: Region, limit: number): void {
  const reached = region(scan.text, scan.place, limit);
  if (reached < 0) scan.region = undefined;
  scan.place = scan.told = reached < 0 ? -1 - reached : reached;
}

/** Begins to mask. What another mask already covers is not told twice, but may reach further. */
function begin(scan: Scan, { kind, start, reach, quote = '' }: Found, coming: readonly Found[]): void {
  scan.coming = coming;
  if (start >= scan.told) {
    scan.out += `${scan.text.slice(scan.told, start)}${quote}${maskOf(kind)}${quote}`;
    scan.place = scan.told = start;
  }
  if ('region' in reach) scan.region = reach.region;
  scan.place = scan.told = Math.max('end' in reach ? reach.end : (reach.from ?? start), scan.told);
}

/** Why a value is masked says less than what it is: a token behind a name is told as a token, and masked as far as either of both reaches. */
function alsoToken(
  { text, coming, told }: Scan,
  finder: Finder,
  rules: RuleTable['rules'],
  first: Found,
): [found: Found, coming: readonly Found[]] {
  const others = coming.slice(1);
  if (first.start < told) return [first, others];
  for (const index of finder.at(text, first.start)) {
    const { literal = '', rule } = rules[index] ?? {};
    const token = rule?.look(text, first.start, literal);
    if (token?.start === first.start) return [{ ...first, kind: token.kind }, [token, ...others]];
  }
  return [first, others];
}

/** True when key material begins here. */
function lookAtKey(scan: Scan, watch: KeyWatch): boolean {
  if (scan.text[scan.place] === '\n') scan.watch = nextLine(watch);
  else if (endsKey(scan.text, scan.place)) scan.watch = undefined;
  else {
    const start = materialAt(scan.text, scan.place, watch);
    if (start === -1) return false;
    scan.watch = { ...watch, had: true };
    begin(scan, { kind: PRIVATE_KEY, start, reach: { region: materialRegion } }, scan.coming);
    return true;
  }
  return false;
}

function lookByRules(scan: Scan, finder: Finder, rules: RuleTable['rules']): void {
  for (const index of finder.at(scan.text, scan.place)) {
    const { literal = '', rule } = rules[index] ?? {};
    if (rule === undefined) scan.watch = keyBegins(scan.text, scan.place) ?? scan.watch;
    const found = rule?.look(scan.text, scan.place, literal);
    if (found === undefined) continue;
    scan.coming = [...scan.coming, found].sort((one, other) => one.start - other.start);
    return;
  }
}
