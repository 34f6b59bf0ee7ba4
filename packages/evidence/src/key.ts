/** The ledger's signing key: an Ed25519 key file, made at first use and never replaced. */

import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { err, ok, type Result } from 'neverthrow';
import type { LedgerOpenError } from './errors.js';
import { createFile, exists, type LedgerPaths } from './folder.js';

/** A key pair; `publicKey` is the raw 32 bytes (RFC 8032), `fingerprint` their SHA-256 in hex. */
export interface LedgerKey {
  readonly privateKey: KeyObject;
  readonly publicKey: Uint8Array;
  readonly fingerprint: string;
}

/** Reads the key file, or makes it when `mayCreate`. Err kinds: `evidence.key_missing`, `evidence.key_unreadable`. */
export async function loadKey(paths: LedgerPaths, mayCreate: boolean): Promise<Result<LedgerKey, LedgerOpenError>> {
  const path = paths.privateKey;
  if (!(await exists(path))) {
    if (!mayCreate) {
      const remedy = 'put the key file back; without it nothing can continue this ledger, but it can still be verified';
      return err({ kind: 'evidence.key_missing', message: 'the key of this ledger is gone', remedy, path });
    }
    const { privateKey } = generateKeyPairSync('ed25519');
    await createFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
  // Read back even when just made: another process may have been first.
  return readKey(await readFile(path, 'utf8'), path);
}

function readKey(pem: string, path: string): Result<LedgerKey, LedgerOpenError> {
  const remedy = 'put the original key file back';
  try {
    const privateKey = createPrivateKey(pem);
    if (privateKey.asymmetricKeyType === 'ed25519') {
      const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
      const publicKey = Buffer.from(x, 'base64url');
      return ok({ privateKey, publicKey, fingerprint: hash('sha256', publicKey) });
    }
    return err({ kind: 'evidence.key_unreadable', message: 'the key file does not hold an Ed25519 key', remedy, path });
  } catch (cause) {
    return err({ kind: 'evidence.key_unreadable', message: 'the key file cannot be read', remedy, path, cause });
  }
}
