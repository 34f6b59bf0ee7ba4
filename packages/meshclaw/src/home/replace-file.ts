/** Replaces a file in one step: written and synced beside the old one, then renamed over it. */

import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { err, ok, type Result } from 'neverthrow';
import { detailOf } from '../errors.js';

/** New contents that wait beside the file. `place` makes them the file; `discard` takes them away. */
export interface StagedFile {
  place(): Promise<Result<void, string>>;
  discard(): Promise<void>;
}

/** Writes the new contents (0600) durably, without touching the file itself. The error says why not. */
export async function stageFile(path: string, text: string): Promise<Result<StagedFile, string>> {
  const staged = `${path}.${randomUUID()}`;
  try {
    const file = await open(staged, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    return err(detailOf(cause));
  }
  return ok({
    place: async () => {
      try {
        await rename(staged, path);
        await syncFolder(dirname(path));
        return ok(undefined);
      } catch (cause) {
        return err(detailOf(cause));
      }
    },
    discard: () => rm(staged, { force: true }),
  });
}

/** A rename is durable once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
