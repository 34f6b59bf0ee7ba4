/** Loads the policy that decides, and says in words what keeps it from loading. */

import type { Ledger } from '@meshclaw/core';
import type { OwnOperations, Pack, Policy, PolicyError } from '@meshclaw/policy';
import { err, ok, type Result } from 'neverthrow';
import { detailOf, type OpenError } from './errors.js';
import type { Home } from './home/home.js';
import { checkTree } from './home/safe-file.js';
import { loadSettings, type Settings } from './home/settings.js';

export interface PolicyFrom {
  readonly pack?: Pack;
  /** The owner's rules and parameters. */
  readonly policies?: string;
  readonly cache?: string;
  /** Folders that nothing may change through MeshClaw: the home and the ledger's. */
  readonly own?: readonly string[];
  /** Operations that the embedding program names itself. */
  readonly operations?: OwnOperations;
}

/** The policy of a home. Err kinds: those of `loadPolicy`. */
export const loadPolicyOf = (
  { policies, cache, folder }: Home,
  { policyPack, evidenceFolder }: Settings,
  operations: OwnOperations = {},
) => loadPolicy({ pack: policyPack, policies, cache, own: [...new Set([folder, evidenceFolder])], operations });

/** A policy and what its sources were before it was opened. */
export interface OpenedPolicy {
  readonly first: Policy;
  readonly state: string;
  readonly operations: OwnOperations;
}

/** Opens the policy of a home so that it can be kept current. Err kinds: those of `loadPolicy`. */
export async function openPolicyOf(
  home: Home,
  settings: Settings,
  operations: OwnOperations = {},
): Promise<Result<OpenedPolicy, OpenError>> {
  const state = stateOf(await sourcesOf(home)); // first: what changes while the policy is opened is seen at the next look
  return (await loadPolicyOf(home, settings, operations)).map((first) => ({ first, state, operations }));
}

/** The policy of a home for as long as the process runs: every change of it, and every change that is no good, is put on record. Err kinds: `meshclaw.ledger_unavailable`. */
export async function keepCurrent(
  home: Home,
  opened: OpenedPolicy,
  ledger: Ledger,
): Promise<Result<Policy, OpenError>> {
  const kept = await notePolicy(ledger, opened.first);
  if (kept.isErr()) return err(kept.error);
  const { livePolicy } = await import('@meshclaw/policy');
  const policy: Policy = livePolicy({
    ...opened,
    look: await sourcesOf(home),
    open: async () => {
      const read = await loadSettings(home);
      const again = read.isErr() ? err(read.error) : await loadPolicyOf(home, read.value.settings, opened.operations);
      return again.mapErr(errorText);
    },
    onReplaced: async (next) => (await notePolicy(ledger, next)).mapErr(errorText),
    onFailed: async (detail) => {
      const kept = await ledger.append([{ type: 'policy.reload_failed', policy: policy.digest, body: { detail } }]);
      // Nothing else can be kept then, so the engine refuses whatever is asked.
      if (kept.isErr()) process.emitWarning(kept.error.message, 'MeshClawLedger');
    },
  });
  return ok(policy);
}

/** Sources that cannot be looked at are refused when they are opened. */
function stateOf(look: () => string): string {
  try {
    return look();
  } catch {
    return '';
  }
}

/** What a look at the sources answers: rules, parameters and bundles, and the settings that name the pack. */
async function sourcesOf({ policies, settings }: Home): Promise<() => string> {
  const { sourceState } = await import('@meshclaw/policy');
  return () => sourceState([policies, settings]);
}

/** Loads the shipped policy with the owner's rules, where there are any. Err kinds: every `HomeError`, `meshclaw.policy_unavailable`. */
export async function loadPolicy(from: PolicyFrom): Promise<Result<Policy, OpenError>> {
  const { pack, policies, cache, own, operations } = from;
  for (const folder of [policies, cache]) {
    const checked = folder === undefined ? ok(undefined) : await checkTree(folder);
    if (checked.isErr()) return err(checked.error);
  }
  const { openPolicy, placeError } = await import('@meshclaw/policy');
  const opened = await openPolicy({
    ...(pack === undefined ? {} : { pack }),
    ...(own === undefined ? {} : { ownFolders: own }),
    ...(policies === undefined ? {} : { ownerFolder: policies }),
    ...(cache === undefined ? {} : { cacheFolder: cache }),
    ...(operations === undefined ? {} : { operations }),
  });
  return opened.mapErr((error) => policyProblem(placeError(error, policies)));
}

/** The ledger says which policy was in force, and which of the owner's rules can make it milder: one record whenever it changes. Err kinds: `meshclaw.ledger_unavailable`. */
async function notePolicy(ledger: Ledger, { digest, loosened }: Policy): Promise<Result<void, OpenError>> {
  const found = await ledger.find({ types: ['policy.loaded'], order: 'newest_first', limit: 1 });
  if (found.isErr()) return err(ledgerUnavailable(found.error));
  if (found.value[0]?.policy === digest) return ok(undefined);
  const kept = await ledger.append([{ type: 'policy.loaded', policy: digest, body: { digest, loosened } }]);
  return kept.map(() => undefined).mapErr(ledgerUnavailable);
}

/** The ledger could not be read or written. */
export const ledgerUnavailable = ({ message }: { readonly message: string }): OpenError => ({
  kind: 'meshclaw.ledger_unavailable',
  message: 'the evidence ledger cannot be used, so nothing is done',
  detail: message,
});

/** An error in words, with its places. */
const errorText = (error: OpenError): string =>
  [error.message, 'path' in error ? error.path : undefined, 'detail' in error ? error.detail : undefined]
    .filter((part) => part !== undefined)
    .join('\n  ');

/** What keeps a policy from being used, with every place, as an error of this package. */
export const policyProblem = (error: PolicyError): OpenError => ({
  kind: 'meshclaw.policy_unavailable',
  message: error.message,
  detail: policyDetail(error),
  cause: error,
});

/** Where it is wrong, one place a line. */
function policyDetail({ kind, path, diagnostics = [], cause }: PolicyError): string {
  const places = diagnostics.map(({ message, file, row, column }) =>
    [file, row, column]
      .filter((part) => part !== undefined)
      .join(':')
      .concat(` ${message}`)
      .trim(),
  );
  const why = cause === undefined ? [] : [detailOf(cause)];
  return [`${kind}${path === undefined ? '' : ` ${path}`}`, ...places, ...(places.length === 0 ? why : [])].join(
    '\n  ',
  );
}
