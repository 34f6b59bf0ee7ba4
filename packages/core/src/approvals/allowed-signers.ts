/** The approvers file: OpenSSH's `allowed_signers` form (ssh-keygen(1), ALLOWED SIGNERS), one approver a line, understood whole or refused. */

import { err, ok, type Result } from 'neverthrow';
import type { Approver } from './approver.js';
import { parseSshPublicKey } from './ssh-key.js';

/** SSHSIG namespace of everything an approver signs. */
export const APPROVAL_NAMESPACE = 'meshclaw-approval@v1';

export interface AllowedSignersError {
  readonly kind: 'core.bad_approver_line';
  readonly message: string;
  /** 1-based. */
  readonly line: number;
  readonly detail: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/;

/** Every approver of the text. A line that is not understood refuses the whole file: half a list of approvers is none. Err kinds: `core.bad_approver_line`. */
export function parseAllowedSigners(text: string): Result<readonly Approver[], AllowedSignersError> {
  const approvers: Approver[] = [];
  for (const [place, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const parsed = parseLine(line);
    const detail = typeof parsed === 'string' ? parsed : duplicate(approvers, parsed);
    if (detail !== undefined) {
      return err({
        kind: 'core.bad_approver_line',
        message: 'a line of the approvers file is not understood',
        line: place + 1,
        detail,
      });
    }
    if (typeof parsed !== 'string') approvers.push(parsed);
  }
  return ok(approvers);
}

/** One line for the file; the namespace option keeps the key from being taken for anything but approvals. */
export const allowedSignersLine = (approver: Approver): string =>
  `${approver.name} namespaces="${APPROVAL_NAMESPACE}" ${approver.keyType} ${approver.publicKey}`;

/** The key of a public key file's one line (`<type> <base64> [comment]`); undefined when it is none that may approve. */
export function parseAuthorizedKey(line: string): Omit<Approver, 'name'> | undefined {
  const [type, blob] = line.trim().split(/\s+/);
  const key = blob === undefined ? undefined : parseSshPublicKey(Buffer.from(blob, 'base64'));
  if (!key || key.type !== type || key.blob !== blob) return undefined;
  return { keyType: key.type, publicKey: key.blob, fingerprint: key.fingerprint };
}

function parseLine(line: string): Approver | string {
  const words = line.split(/[ \t]+/);
  const name = words[0] ?? '';
  if (!NAME.test(name)) return 'the name must be one word of letters, digits and ._@+-';
  const options = words[1]?.includes('=') ? words[1] : undefined;
  if (options !== undefined && options.toLowerCase() !== `namespaces="${APPROVAL_NAMESPACE}"`) {
    return `the only option understood is namespaces="${APPROVAL_NAMESPACE}"`;
  }
  const key = parseAuthorizedKey(words.slice(options === undefined ? 1 : 2).join(' '));
  return key ? { name, ...key } : 'the key is not an Ed25519, ECDSA or security-key public key';
}

function duplicate(approvers: readonly Approver[], { name, publicKey }: Approver): string | undefined {
  if (approvers.some((other) => other.name === name)) return 'this name is listed before';
  return approvers.some((other) => other.publicKey === publicKey) ? 'this key is listed before' : undefined;
}
