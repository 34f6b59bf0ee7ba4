/** Checks the blobs that records refer to. Imports nothing but Node. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { LedgerCheck } from '../check.js';

/** Where the blob with that digest lies. */
export function blobPath(folder: string, sha256: string): string {
  return join(folder, sha256.slice(0, 2), sha256);
}

/** Names each blob that is there and wrong; answers how many are not there, which is no defect: blobs may be erased. */
export async function checkBlobs(folder: string, check: LedgerCheck): Promise<number> {
  let absent = 0;
  for (const [sha256, { size, index }] of check.blobs) {
    const found = await digestOf(blobPath(folder, sha256));
    if (found === 'absent') absent += 1;
    else if (found === 'unreadable') check.defects.add('bad_blob', 'a blob cannot be read', index);
    else if (found.sha256 !== sha256 || found.size !== size) {
      check.defects.add('bad_blob', 'a blob does not hold what the record says', index);
    }
  }
  return absent;
}

async function digestOf(path: string): Promise<{ sha256: string; size: number } | 'absent' | 'unreadable'> {
  const digest = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of createReadStream(path)) {
      digest.update(chunk);
      size += chunk.length;
    }
    return { sha256: digest.digest('hex'), size };
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'unreadable';
  }
}
