/** A subject that is named for a question only. */

import { SUBJECT_TYPES, type Subject, type SubjectType } from '@meshclaw/core';

/** `codex` is an agent; `human:alice` says its type. */
export function namedSubject(name: string): Subject {
  const cut = name.indexOf(':');
  const type = SUBJECT_TYPES.find((one) => one === name.slice(0, cut)) satisfies SubjectType | undefined;
  return cut > 0 && type !== undefined ? { type, id: name.slice(cut + 1) } : { type: 'agent', id: name };
}
