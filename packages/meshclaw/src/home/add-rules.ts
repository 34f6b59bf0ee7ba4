/** Adds rules to the owner's folder: tried in a copy first, and then all of them or none. */

import { cp, lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from 'neverthrow';
import type { NamedSources } from '../cli/policy-options.js';
import { detailOf, type HomeError, type OpenError } from '../errors.js';
import { loadPolicy } from '../wire-policy.js';

/** Writes the files of rules (by path below the folder, as `rules/<noun>/<name>/…`) where none of them is yet; answers their paths. Err kinds: `meshclaw.home_unusable`, those of `loadPolicy`. */
export async function addRules(
  { ownerFolder, pack, ownFolders }: NamedSources,
  files: Readonly<Record<string, string>>,
): Promise<Result<readonly string[], HomeError | OpenError>> {
  const folders = [...new Set(Object.keys(files).map((path) => dirname(path)))];
  if (folders.length === 0) return ok([]);
  const copy = `${ownerFolder}.adding-${process.pid}`;
  const added: string[] = [];
  try {
    for (const folder of folders) {
      if (await exists(join(ownerFolder, folder)))
        return err(unusable(join(ownerFolder, folder), 'it is there already'));
    }
    await mkdir(copy, { mode: 0o700 });
    if (await exists(ownerFolder)) await cp(ownerFolder, copy, { recursive: true, errorOnExist: true, force: false });
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(copy, path)), { recursive: true, mode: 0o755 });
      await writeFile(join(copy, path), text, { flag: 'wx', mode: 0o644 });
    }
    const loaded = await loadPolicy({ pack, policies: copy, ...(ownFolders === undefined ? {} : { own: ownFolders }) });
    if (loaded.isErr()) return err(loaded.error);
    for (const folder of folders) {
      await mkdir(dirname(join(ownerFolder, folder)), { recursive: true, mode: 0o755 });
      await rename(join(copy, folder), join(ownerFolder, folder));
      added.push(folder);
    }
    return ok(Object.keys(files).map((path) => join(ownerFolder, path)));
  } catch (cause) {
    for (const folder of added) await rm(join(ownerFolder, folder), { recursive: true, force: true });
    return err(unusable(ownerFolder, detailOf(cause)));
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

const exists = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return true;
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return false;
    throw cause;
  }
};

const unusable = (path: string, detail: string): HomeError => ({
  kind: 'meshclaw.home_unusable',
  message: 'the rules were not added, and nothing was written',
  path,
  detail,
});
