/** What a decision demands beside its effect, and whether it can be had outside the engine. */

import type { Decision } from '@meshclaw/core';

/** The obligations of an allowed action that nobody here can meet. `verify` is met by whoever looks at the result. */
export const unmetByDoing = ({ obligations }: Decision, verifies: boolean): readonly string[] =>
  obligations.filter(({ type }) => !(verifies && type === 'verify')).map(({ type }) => type);

/** The demands that a yes in somebody else's program is too weak for: two people, a touched key, and what is not known. */
export const unmetByAsking = ({ obligations }: Decision): readonly string[] =>
  obligations
    .filter(({ type, parameters }) => type !== 'approval_method' || parameters.minimum !== 'signature')
    .map(({ type }) => type);
