/** Conditions of `Match` lines: decided where the configuration alone tells, never by running anything. */

import { fitsAny } from './patterns.js';

/** What conditions are about. */
export interface MatchSubject {
  /** The name as it was asked for. */
  readonly originalHost: string;
  /** What HostName made of it so far. */
  readonly host: string;
  /** The account on the server so far. */
  readonly user: string;
  readonly localUser: string;
}
/** `undecided` names the first condition that depends on more than the configuration. */
export type MatchAnswer = 'yes' | 'no' | { readonly undecided: string };

/** Conditions without a value of their own. */
const WITHOUT_VALUE: ReadonlySet<string> = new Set(['all', 'canonical', 'final']);

/** Whether the conditions of one line hold. One that is known not to hold decides, whatever the others are. */
export function matches(words: readonly string[], subject: MatchSubject): MatchAnswer {
  let undecided: string | undefined;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, not = '', written = '', joined] = /^(!?)([^=]*)(?:=(.*))?$/.exec(word) ?? [];
    const name = written.toLowerCase();
    const value = WITHOUT_VALUE.has(name) ? '' : (joined ?? rest.shift());
    const holds = value === undefined ? undefined : conditionHolds(name, value, subject);
    if (holds === undefined) undecided ??= name;
    else if (holds === (not === '!')) return 'no';
  }
  return undecided === undefined ? 'yes' : { undecided };
}

/** Undefined when the configuration does not tell. */
function conditionHolds(name: string, value: string, subject: MatchSubject): boolean | undefined {
  const list = value.split(',');
  switch (name) {
    case 'all':
      return true;
    case 'host':
      return fitsAny(subject.host, list);
    case 'originalhost':
      return fitsAny(subject.originalHost, list);
    case 'user':
      return fitsAny(subject.user, list);
    case 'localuser':
      return fitsAny(subject.localUser, list);
    default:
      return undefined; // exec would run something; networks, tags, passes and versions are not in the file
  }
}
