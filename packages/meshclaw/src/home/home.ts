/** Where MeshClaw keeps its files: finds the home, makes it when it is needed, refuses one that others may write to. */

import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { err, ok, type Result } from 'neverthrow';
import { detailOf, type HomeError } from '../errors.js';
import { checkOne, unusable } from './safe-file.js';
import { agreesOnHome, readSystem, type SystemSettings } from './system.js';

/** The paths of a home; nothing is read or made by naming them. */
export interface Home {
  readonly folder: string;
  /** Where the choice came from, for `config show`. */
  readonly from: 'option' | 'MESHCLAW_HOME' | 'default' | 'system';
  /** What root fixed for this machine; absent where root fixed nothing. */
  readonly system?: SystemSettings;
  readonly settings: string;
  readonly inventory: string;
  readonly approvers: string;
  readonly policies: string;
  readonly cache: string;
}

/** The home that is meant: the option, else `MESHCLAW_HOME`, else `~/.meshclaw`. */
export function locateHome(environment: Readonly<Record<string, string | undefined>>, option?: string): Home {
  const named = environment.MESHCLAW_HOME;
  if (option !== undefined) return homeAt(resolve(option), 'option');
  if (named !== undefined && named !== '') return homeAt(isAbsolute(named) ? named : resolve(named), 'MESHCLAW_HOME');
  return homeAt(join(homedir(), '.meshclaw'), 'default');
}

/** The home that is meant, where root lets it be. Err kinds: every `HomeError` of the system's file, `meshclaw.home_unusable`. */
export async function findHome(
  environment: Readonly<Record<string, string | undefined>>,
  option?: string,
  file?: string,
): Promise<Result<Home, HomeError>> {
  const system = await readSystem(file);
  if (system.isErr()) return err(system.error);
  const named = locateHome(environment, option);
  if (system.value === undefined) return ok(named);
  const { home, approvers } = system.value;
  const agreed = named.from === 'default' ? ok(undefined) : agreesOnHome(named.folder, system.value);
  if (agreed.isErr()) return err(agreed.error);
  const found = home === undefined ? named : homeAt(home, 'system');
  return ok({ ...found, ...(approvers === undefined ? {} : { approvers }), system: system.value });
}

function homeAt(folder: string, from: Home['from']): Home {
  const inside = (name: string) => join(folder, name);
  return {
    folder,
    from,
    settings: inside('meshclaw.yaml'),
    inventory: inside('inventory.yaml'),
    approvers: inside('approvers'),
    policies: inside('policies'),
    cache: inside('cache'),
  };
}

/** Whether there is a home, and that it is safe to read. Err kinds: `meshclaw.home_unusable`, `meshclaw.unsafe_permissions`. */
export async function checkHome({ folder }: Home): Promise<Result<boolean, HomeError>> {
  const checked = await checkOne(folder);
  if (checked.isErr()) return err(checked.error);
  if (checked.value === undefined) return ok(false);
  return checked.value.isDirectory() ? ok(true) : err(unusable(folder, 'not a folder'));
}

/** Makes the home (0700) when it is missing and makes sure that it can be written. Err kinds: `meshclaw.home_unusable`, `meshclaw.unsafe_permissions`. */
export async function makeHome(home: Home): Promise<Result<void, HomeError>> {
  try {
    await mkdir(home.folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    return err(unusable(home.folder, detailOf(cause)));
  }
  const checked = await checkHome(home);
  if (checked.isErr()) return err(checked.error);
  try {
    await access(home.folder, constants.W_OK | constants.X_OK);
    return ok(undefined);
  } catch (cause) {
    return err(unusable(home.folder, `it cannot be written: ${detailOf(cause)}`));
  }
}
