/** Words that the policy tools have in common: whose rules, which pack, in which form the answer comes. */

import { DEFAULT_PACK, PACKS, type Pack } from '@meshclaw/policy/packs';
import { err, ok, type Result } from 'neverthrow';
import type { HomeError, UsageError } from '../errors.js';
import { checkHome, type Home } from '../home/home.js';
import { nearest } from '../home/nearest.js';
import { checkOne, checkTree } from '../home/safe-file.js';
import { loadSettings } from '../home/settings.js';
import type { Arguments, OptionSpec, PositionalSpec } from './command.js';

/** The folder of rules a tool looks at. */
export const FOLDER: PositionalSpec = {
  name: 'folder',
  description: 'rules of your own (default: policies of the home)',
  required: false,
};
/** The same as an option, where the places are taken. */
export const POLICY: OptionSpec = {
  name: 'policy',
  value: 'folder',
  description: 'rules of your own (default: policies of the home)',
};
export const PACK: OptionSpec = {
  name: 'pack',
  value: 'name',
  description: `the shipped pack: ${PACKS.join(', ')} (default: the one of the settings, else ${DEFAULT_PACK})`,
};
/** `--format`, with what a command can write. */
export const formatOption = (formats: readonly Format[]): OptionSpec => ({
  name: 'format',
  value: 'form',
  description: `${formats.join(', ')} (default ${formats[0]})`,
});
export type Format = 'text' | 'json' | 'jsonl' | 'junit' | 'sarif';

/** Rules and pack that a tool looks at. Nothing in them can be written by others. */
export interface NamedSources {
  readonly ownerFolder: string;
  readonly pack: Pack;
  readonly ownFolders?: readonly string[];
}

/** The folder that was named, else the home's with its settings. Err kinds: `meshclaw.usage`, every `HomeError`. */
export async function namedSources(args: Arguments, home: Home): Promise<Result<NamedSources, UsageError | HomeError>> {
  const folder = args.optional('folder');
  const named = packOf(args);
  if (named.isErr()) return err(named.error);
  const ownerFolder = folder ?? home.policies;
  const safe = folder === undefined ? await checkTree(ownerFolder) : await existing(folder);
  if (safe.isErr()) return err(safe.error);
  if (folder !== undefined) return ok({ ownerFolder, pack: named.value ?? DEFAULT_PACK });
  const own = await homeSources(home);
  return own.map((sources) => (named.value === undefined ? sources : { ...sources, pack: named.value }));
}

/** Rules for a tool that also works with none: `--policy` and `--pack`, else the home's, else what is shipped. Err kinds: `meshclaw.usage`, every `HomeError`. */
export async function policySourcesOf(
  args: Arguments,
  home: Home,
): Promise<Result<Partial<NamedSources>, UsageError | HomeError>> {
  const folder = args.optional('policy');
  const pack = packOf(args);
  if (pack.isErr()) return err(pack.error);
  const named = pack.value === undefined ? {} : { pack: pack.value };
  if (folder === undefined) {
    const safe = await checkTree(home.policies);
    if (safe.isErr()) return err(safe.error);
    return (await homeSources(home)).map((own) => ({ ...own, ...named }));
  }
  const safe = await existing(folder);
  return safe.map(() => ({ ownerFolder: folder, ...named }));
}

/** A folder that was named has to be there: one that is misspelt is no owner without rules. Err kinds: `meshclaw.not_found`, every `HomeError`. */
export async function existing(folder: string): Promise<Result<void, UsageError | HomeError>> {
  const found = await checkOne(folder);
  if (found.isErr()) return err(found.error);
  if (found.value === undefined)
    return err({ kind: 'meshclaw.not_found', message: 'this folder is not there', detail: folder });
  return checkTree(folder);
}

/** What the home's own policy is made of. Err kinds: every `HomeError`. */
export async function homeSources(home: Home): Promise<Result<NamedSources, HomeError>> {
  const exists = await checkHome(home);
  if (exists.isErr()) return err(exists.error);
  const settings = await loadSettings(home);
  return settings.map(({ settings: { policyPack, evidenceFolder } }) => ({
    ownerFolder: home.policies,
    pack: policyPack,
    ownFolders: [...new Set([home.folder, evidenceFolder])],
  }));
}

/** `--pack`, when it was given. Err kinds: `meshclaw.usage`. */
export function packOf(args: Arguments): Result<Pack | undefined, UsageError> {
  const named = args.optional('pack');
  return named === undefined ? ok(undefined) : packNamed(named);
}

/** A pack by its name. Err kinds: `meshclaw.usage`. */
export function packNamed(name: string): Result<Pack, UsageError> {
  const pack = PACKS.find((one) => one === name);
  if (pack !== undefined) return ok(pack);
  const hint = nearest(name, PACKS);
  const detail = hint ? `did you mean "${hint}"?` : `there are ${PACKS.join(', ')}`;
  return err({ kind: 'meshclaw.usage', message: `there is no pack "${name}"`, detail });
}

/** The form that was asked for; `--json` is `--format json`, and the first is the default. Err kinds: `meshclaw.usage`. */
export function formatOf(args: Arguments, formats: readonly [Format, ...Format[]]): Result<Format, UsageError> {
  const named = args.optional('format');
  const json = args.flag('json');
  if (named === undefined) return ok(json && formats.includes('json') ? 'json' : formats[0]);
  const format = formats.find((one) => one === named);
  const detail = json && format !== 'json' ? '--json is --format json' : named;
  if (format === undefined || (json && format !== 'json'))
    return err({ kind: 'meshclaw.usage', message: `--format is one of ${formats.join(', ')}`, detail });
  return ok(format);
}
