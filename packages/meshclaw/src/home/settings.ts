/** `meshclaw.yaml`: what the owner may set, its defaults, and where each value came from. */

import { isAbsolute } from 'node:path';
import { DEFAULT_PACK, PACKS, type Pack } from '@meshclaw/policy/packs';
import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import type { HomeError } from '../errors.js';
import { invalidConfiguration, parseSource } from './document.js';
import type { Home } from './home.js';
import { readSafely } from './safe-file.js';

/** One place for heads. */
export const anchorSchema = z.union([
  z.strictObject({ file: z.string().refine(isAbsolute, 'must be an absolute path') }),
  z.strictObject({ command: z.tuple([z.string().min(1)], z.string()) }),
]);

const filePath = z.string().refine(isAbsolute, 'must be an absolute path');
const address = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .refine((url) => new URL(url).username === '' && new URL(url).password === '', 'must not hold a password');
const variable = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'must be the name of an environment variable');
const notificationSchema = z.union([
  z.strictObject({ webhook: address, secret_file: filePath }),
  z.strictObject({ webhook: address, secret_env: variable }),
  z.strictObject({ ntfy: address, token_file: filePath.optional(), token_env: variable.optional() }),
  z.strictObject({ command: z.tuple([z.string().min(1)], z.string()) }),
]);

/** Who is told of approvals: a signed webhook, a topic as ntfy takes it, or a command. */
export type Notification = Readonly<z.output<typeof notificationSchema>>;

/** A place where signed heads are kept as well: a file they are added to, or a command that is handed each on its standard input. */
export type Anchor = Readonly<z.output<typeof anchorSchema>>;

const settingsSchema = z.strictObject({
  /** Who is told when a person is asked, and when one has answered. */
  notifications: z.array(notificationSchema).max(8).optional(),
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
  readonly notifications: readonly Notification[];
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
  const looser = looserThan(home, parsed.data);
  if (looser === undefined) return ok(effective(home, parsed.data));
  return err(invalidConfiguration([source.value.problem(looser.path, looser.text)]));
}

/** From mildest to strictest: each denies or asks whatever the one before it does. */
const STRICTER: readonly Pack[] = ['homelab', 'production', 'read-only'];

/** The first value with which the owner would loosen what root fixed. */
function looserThan(
  { system }: Home,
  { policy, evidence }: z.output<typeof settingsSchema>,
): { readonly path: readonly string[]; readonly text: string } | undefined {
  if (system === undefined) return undefined;
  const { policyPack: pack, evidenceFolder: folder, file } = system;
  if (pack !== undefined && policy?.pack !== undefined && STRICTER.indexOf(policy.pack) < STRICTER.indexOf(pack)) {
    return { path: ['policy', 'pack'], text: `${file} says ${pack}, and this is milder` };
  }
  return folder !== undefined && evidence?.folder !== undefined && evidence.folder !== folder
    ? { path: ['evidence', 'folder'], text: `${file} says ${folder}` }
    : undefined;
}

const DEFAULT_EPOCH = { maxMib: 1024, maxDays: 90 };

function effective(home: Home, given: z.output<typeof settingsSchema>): LoadedSettings {
  const { system } = home;
  const pack = given.policy?.pack ?? system?.policyPack;
  const folder = given.evidence?.folder ?? system?.evidenceFolder;
  const anchors = [...(system?.anchors ?? []), ...(given.evidence?.anchors ?? [])];
  const epoch = given.evidence?.epoch;
  const settings = {
    policyPack: pack ?? DEFAULT_PACK,
    evidenceFolder: folder ?? home.folder,
    anchors,
    epoch: { maxMib: epoch?.max_mib ?? DEFAULT_EPOCH.maxMib, maxDays: epoch?.max_days ?? DEFAULT_EPOCH.maxDays },
    notifications: given.notifications ?? [],
  };
  const from = (value: unknown, fixed?: unknown) =>
    value !== undefined ? home.settings : fixed !== undefined ? (system?.file ?? '') : 'default';
  return {
    settings,
    sources: [
      { key: 'home', value: home.folder, from: home.from },
      { key: 'policy.pack', value: settings.policyPack, from: from(given.policy?.pack, system?.policyPack) },
      {
        key: 'evidence.folder',
        value: settings.evidenceFolder,
        from: from(given.evidence?.folder, system?.evidenceFolder),
      },
      {
        key: 'evidence.anchors',
        value: settings.anchors.map(anchorName).join(', '),
        from: from(given.evidence?.anchors, system?.anchors[0]),
      },
      { key: 'evidence.epoch.max_mib', value: String(settings.epoch.maxMib), from: from(epoch?.max_mib) },
      { key: 'evidence.epoch.max_days', value: String(settings.epoch.maxDays), from: from(epoch?.max_days) },
      {
        key: 'notifications',
        value: settings.notifications.map(notificationName).join(', '),
        from: from(given.notifications),
      },
    ],
  };
}

/** An anchor in one line. */
export const anchorName = (anchor: Anchor): string =>
  'file' in anchor ? anchor.file : `command ${anchor.command.join(' ')}`;

/** A notification in one line. Of an address only the host: the rest may be a secret. */
export function notificationName(one: Notification): string {
  if ('command' in one) return `command ${one.command[0]}`;
  return 'webhook' in one ? `webhook ${new URL(one.webhook).host}` : `ntfy ${new URL(one.ntfy).host}`;
}
