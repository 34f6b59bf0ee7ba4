/** Why something was not done, in one text for the model or person that asked for it. */

import { type Decision, visibleLine } from '@meshclaw/core';

const MOST = 1_000;

/** Effect and reasons, with what to do instead. At most 1,000 characters, nothing invisible in it. */
export function refusalText({ effect, reasons, alternative }: Decision): string {
  const said = effect === 'deny' ? 'denied by policy' : 'policy asks for the approval of a person';
  const why = reasons.map(({ rule, message, remediation }) =>
    remediation === undefined ? `${message} (${rule})` : `${message} (${rule}); ${remediation}`,
  );
  const instead = alternative === undefined ? [] : [`instead: ${alternative.operation}, ${alternative.why}`];
  return short(`${said}: ${[...why, ...instead].join('. ')}`);
}

/** One visible line of bounded length. */
export const short = (text: string): string => {
  const line = visibleLine(text);
  return line.length <= MOST ? line : `${line.slice(0, MOST - 1)}…`;
};
