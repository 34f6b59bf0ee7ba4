/** What commands that need an approver's signature share: the statement printed, or the signature over it taken. */

import type { Approver } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { Arguments, OptionSpec } from '../cli/command.js';
import type { ChangeError, SignError, UsageError } from '../errors.js';
import { ANSWER_OPTIONS, signatureFrom } from './answer.js';
import { readApprovers } from './approvers.js';
import type { Home } from './home.js';

/** The ways to sign, and the way to sign elsewhere. */
export const SIGNED_OPTIONS: readonly OptionSpec[] = [
  ...ANSWER_OPTIONS,
  { name: 'statement', description: 'print the bytes that an approver has to sign' },
];

/** A signature and who could have made it. It proves nothing yet. */
export interface SignedAnswer {
  readonly signature: string;
  readonly approvers: readonly Approver[];
}

/** The signature that the command line gives or makes. Err kinds: `meshclaw.signature_required`, `meshclaw.approvers_unavailable`, those of `signatureFrom`. */
export async function signedAnswer(
  args: Arguments,
  home: Home,
  statement: string,
): Promise<Result<SignedAnswer, ChangeError | SignError | UsageError>> {
  const signature = await signatureFrom(args, statement);
  if (signature.isErr()) return err(signature.error);
  if (signature.value === undefined) {
    const detail = 'give --key <private key>, or sign the text of --statement and give --signature <file>';
    const message = 'an enrolled approver has to sign for this';
    return err({ kind: 'meshclaw.signature_required', message, detail });
  }
  const approvers = await readApprovers(home);
  if (approvers.isOk()) return ok({ signature: signature.value, approvers: approvers.value });
  const { message, detail = '' } = approvers.error;
  return err({ kind: 'meshclaw.approvers_unavailable', message, detail });
}
