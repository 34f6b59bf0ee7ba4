/** SSH public keys: what kind, which fingerprint, and the key object that checks signatures. Ed25519, ECDSA and their `sk-` forms; RSA and DSA are refused. */

import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { sshReader } from './ssh-wire.js';

/** A public key that MeshClaw can check. `application` is set for `sk-` keys only (PROTOCOL.u2f of OpenSSH). */
export interface SshPublicKey {
  readonly type: string;
  /** The wire form (RFC 4253 §6.6), base64. */
  readonly blob: string;
  /** `SHA256:…` as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  readonly key: KeyObject;
  readonly application?: string;
}

const CURVES: Readonly<Record<string, { readonly name: string; readonly jwk: string; readonly bytes: number }>> = {
  'ecdsa-sha2-nistp256': { name: 'nistp256', jwk: 'P-256', bytes: 32 },
  'ecdsa-sha2-nistp384': { name: 'nistp384', jwk: 'P-384', bytes: 48 },
  'ecdsa-sha2-nistp521': { name: 'nistp521', jwk: 'P-521', bytes: 66 },
  'sk-ecdsa-sha2-nistp256@openssh.com': { name: 'nistp256', jwk: 'P-256', bytes: 32 },
};

/** The key in a wire-form blob; undefined when its kind is not supported or its bytes are not exactly a key. */
export function parseSshPublicKey(blob: Buffer): SshPublicKey | undefined {
  const reader = sshReader(blob);
  const type = reader.string()?.toString('latin1');
  if (type === undefined) return undefined;
  const key = type.includes('ed25519')
    ? ed25519Key(type, reader.string())
    : ecdsaKey(type, reader.string(), reader.string());
  const application = type.startsWith('sk-') ? reader.string()?.toString('utf8') : undefined;
  if (key === undefined || reader.rest !== 0 || (type.startsWith('sk-') && application === undefined)) return undefined;
  return {
    type,
    blob: blob.toString('base64'),
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
    key,
    ...(application === undefined ? {} : { application }),
  };
}

function ed25519Key(type: string, point: Buffer | undefined): KeyObject | undefined {
  if (type !== 'ssh-ed25519' && type !== 'sk-ssh-ed25519@openssh.com') return undefined;
  if (point?.length !== 32) return undefined;
  return importJwk({ kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') });
}

function ecdsaKey(type: string, curveName: Buffer | undefined, point: Buffer | undefined): KeyObject | undefined {
  const curve = Object.hasOwn(CURVES, type) ? CURVES[type] : undefined;
  if (!curve || curveName?.toString('latin1') !== curve.name) return undefined;
  if (point?.length !== 1 + 2 * curve.bytes || point[0] !== 4) return undefined;
  const x = point.subarray(1, 1 + curve.bytes).toString('base64url');
  const y = point.subarray(1 + curve.bytes).toString('base64url');
  return importJwk({ kty: 'EC', crv: curve.jwk, x, y });
}

function importJwk(jwk: Record<string, string>): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined; // a point that is not on its curve: no key, so no approver
  }
}
