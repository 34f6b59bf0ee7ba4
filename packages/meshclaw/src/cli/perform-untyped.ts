/** Performs an operation that was named in words, whose types are not known here. */

import type { InputOf, Operation, Session } from '@meshclaw/core';

/** The operation's own schema checks the input; here only the types are let go. */
export const performUntyped = (
  session: Session,
  operation: Operation,
  server: string,
  input: unknown,
  options: NonNullable<Parameters<Session['perform']>[3]> = {},
) => session.perform(operation, server, input as InputOf<Operation>, options);
