/** `/etc/meshclaw/meshclaw.yaml`: what root fixed for this machine. Environment and the owner's files can then only tighten. */

import { stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import type { Pack } from '@meshclaw/policy/packs';
import { err, ok, type Result } from 'neverthrow';
import { detailOf, type HomeError } from '../errors.js';
import { readSafely, unusable } from './safe-file.js';
import type { Anchor } from './settings.js';

/** No variable and no option names another one: whoever could, could loosen it. */
export const SYSTEM_FILE = '/etc/meshclaw/meshclaw.yaml';

/** What root fixed. What is left out is the owner's to say. */
export interface SystemSettings {
  readonly file: string;
  readonly home?: string;
  readonly approvers?: string;
  readonly policyPack?: Pack;
  readonly evidenceFolder?: string;
  readonly anchors: readonly Anchor[];
}

/** Reads it; undefined where there is none. Err kinds: every `HomeError`; one that somebody else than root could have written is one. */
export async function readSystem(file: string = SYSTEM_FILE): Promise<Result<SystemSettings | undefined, HomeError>> {
  const text = await readSafely(file);
  if (text.isErr()) return err(text.error);
  if (text.value === undefined) return ok(undefined);
  const rooted = await onlyRoots(file);
  if (rooted.isErr()) return err(rooted.error);
  const { parseSystem } = await import('./parse-system.js');
  return parseSystem(file, text.value);
}

/** Root's own, in a folder that is root's own. */
async function onlyRoots(file: string): Promise<Result<void, HomeError>> {
  try {
    for (const path of [file, dirname(file)]) {
      const { uid, mode } = await stat(path);
      if (uid !== 0) return err(unusable(path, 'it has to belong to root'));
      if ((mode & 0o022) !== 0) return err(unusable(path, 'others than root may write to it'));
    }
    return ok(undefined);
  } catch (cause) {
    return err(unusable(file, detailOf(cause)));
  }
}

/** Whether a home that was named is the one that root fixed. Err kinds: `meshclaw.home_unusable`. */
export function agreesOnHome(named: string, { home, file }: SystemSettings): Result<void, HomeError> {
  return home === undefined || (isAbsolute(named) && named === home)
    ? ok(undefined)
    : err(unusable(named, `${file} says that the home is ${home}`));
}
