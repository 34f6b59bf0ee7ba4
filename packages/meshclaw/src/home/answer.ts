/** How a person answers a statement: a signature made here with a key file, or one that was made elsewhere. */

import { readFile } from 'node:fs/promises';
import { err, ok, type Result } from 'neverthrow';
import type { Arguments, OptionSpec } from '../cli/command.js';
import { detailOf, type SignError, type UsageError } from '../errors.js';
import { signStatement } from './sign.js';

/** The two ways, as options of a command. */
export const ANSWER_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'key',
    value: 'file',
    description: 'sign here with this private key (or public key, when an agent holds it)',
  },
  { name: 'signature', value: 'file', description: 'a signature over the statement, made elsewhere; - reads stdin' },
];

/** The signature over `statement`; undefined when neither way was given. Err kinds: every `SignError`, `meshclaw.usage`, `meshclaw.unreadable_file`. */
export async function signatureFrom(
  args: Arguments,
  statement: string,
): Promise<Result<string | undefined, SignError | UsageError>> {
  const key = args.optional('key');
  const file = args.optional('signature');
  if (key !== undefined && file !== undefined) {
    return err({ kind: 'meshclaw.usage', message: 'give --key or --signature, not both', detail: '' });
  }
  if (key !== undefined) return signStatement(statement, key);
  return file === undefined ? ok(undefined) : readText(file);
}

/** A file that a person named; `-` is standard input. Err kinds: `meshclaw.unreadable_file`. */
export async function readText(path: string): Promise<Result<string, UsageError>> {
  try {
    if (path !== '-') return ok(await readFile(path, 'utf8'));
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return ok(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    return err({ kind: 'meshclaw.unreadable_file', message: 'this file cannot be read', detail: detailOf(cause) });
  }
}
