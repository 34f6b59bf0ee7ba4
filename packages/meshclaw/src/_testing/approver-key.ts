/** A key on disk and its approver, for tests. */

import { chmod, writeFile } from 'node:fs/promises';
import { type Approver, parseAuthorizedKey } from '@meshclaw/core';
import { makeKeyPair } from '../home/ssh-private-key.js';

export interface KeyFiles {
  readonly privateFile: string;
  readonly publicFile: string;
  readonly approver: Approver;
}

/** Writes `<path>` and `<path>.pub`. */
export async function writeKeyFiles(path: string, name: string): Promise<KeyFiles> {
  const { privateKey, publicKey } = makeKeyPair(name);
  await writeFile(path, privateKey);
  await chmod(path, 0o600);
  await writeFile(`${path}.pub`, publicKey);
  const key = parseAuthorizedKey(publicKey);
  if (!key) throw new Error('the key made for the test is none');
  return { privateFile: path, publicFile: `${path}.pub`, approver: { name, ...key } };
}
