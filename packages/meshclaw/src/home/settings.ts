/** `meshclaw.yaml`: what the owner may set, its defaults, and where each value came from. */

import { isAbsolute } from 'node:path';
import { DEFAULT_PACK, PACKS, type Pack } from '@meshclaw/policy/packs';
import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import type { HomeError } from '../errors.js';
import { invalidConfiguration, parseSource } from './document.js';
import type { Home } from './home.js';
import { readSafely } from './safe-file.js';

const anchorSchema = z.union([
  z.strictObject({ file: z.string().refine(isAbsolute, 'must be an absolute path') }),
  z.strictObject({ command: z.tuple([z.string().min(1)], z.string()) }),
]);

/** A place where signed heads are kept as well: a file they are added to, or a command that is handed each on its standard input. */
export type Anchor = Readonly<z.output<typeof anchorSchema>>;

const settingsSchema = z.strictObject({
  policy: z
    .strictObject({
      /** The shipped pack that decides. */
      pack: z.enum(PACKS).optional(),
    })
    .optional(),
  evidence: z
    .strictObject({
      /** Where the ledger lives, when not in the home. */
      folder: z.string().refine(isAbsolute, 'must be an absolute path').optional(),
      /** Where signed heads are kept as well. */
      anchors: z.array(anchorSchema).max(8).optional(),
      /** When the ledger goes on in a new file. */
      epoch: z
        .strictObject({
          max_mib: z.int().min(1).max(1_048_576).optional(),
          max_days: z.int().min(1).max(3650).optional(),
        })
        .optional(),
    })
    .optional(),
});

/** Settings with every default filled in. */
export interface Settings {
  readonly policyPack: Pack;
  readonly evidenceFolder: string;
  readonly anchors: readonly Anchor[];
  /** How large and how old a file of the ledger becomes. */
  readonly epoch: { readonly maxMib: number; readonly maxDays: number };
}
/** One effective value and its source, for `config show`. */
export interface SourcedValue {
  readonly key: string;
  readonly value: string;
  readonly from: string;
}
export interface LoadedSettings {
  readonly settings: Settings;
  readonly sources: readonly SourcedValue[];
}

/** Reads `meshclaw.yaml`; without the file every value is its default. Err kinds: every `HomeError`. */
export async function loadSettings(home: Home): Promise<Result<LoadedSettings, HomeError>> {
  const text = await readSafely(home.settings);
  if (text.isErr()) return err(text.error);
  if (text.value === undefined) return ok(effective(home, {}));
  const source = parseSource(home.settings, text.value);
  if (source.isErr()) return err(source.error);
  const parsed = settingsSchema.safeParse(source.value.value, { reportInput: true });
  if (!parsed.success) return err(invalidConfiguration(source.value.problems(parsed.error, settingsSchema)));
  return ok(effective(home, parsed.data));
}

const DEFAULT_EPOCH = { maxMib: 1024, maxDays: 90 };

function effective(home: Home, given: z.output<typeof settingsSchema>): LoadedSettings {
  const pack = given.policy?.pack;
  const folder = given.evidence?.folder;
  const anchors = given.evidence?.anchors;
  const epoch = given.evidence?.epoch;
  const settings = {
    policyPack: pack ?? DEFAULT_PACK,
    evidenceFolder: folder ?? home.folder,
    anchors: anchors ?? [],
    epoch: { maxMib: epoch?.max_mib ?? DEFAULT_EPOCH.maxMib, maxDays: epoch?.max_days ?? DEFAULT_EPOCH.maxDays },
  };
  const from = (value: unknown) => (value === undefined ? 'default' : home.settings);
  return {
    settings,
    sources: [
      { key: 'home', value: home.folder, from: home.from },
      { key: 'policy.pack', value: settings.policyPack, from: from(pack) },
      { key: 'evidence.folder', value: settings.evidenceFolder, from: from(folder) },
      { key: 'evidence.anchors', value: settings.anchors.map(anchorName).join(', '), from: from(anchors) },
      { key: 'evidence.epoch.max_mib', value: String(settings.epoch.maxMib), from: from(epoch?.max_mib) },
      { key: 'evidence.epoch.max_days', value: String(settings.epoch.maxDays), from: from(epoch?.max_days) },
    ],
  };
}

/** An anchor in one line. */
export const anchorName = (anchor: Anchor): string =>
  'file' in anchor ? anchor.file : `command ${anchor.command.join(' ')}`;
