/** Loads the policy that decides, and says in words what keeps it from loading. */

import type { OwnOperations, Pack, Policy, PolicyError } from '@meshclaw/policy';
import { err, ok, type Result } from 'neverthrow';
import { detailOf, type OpenError } from './errors.js';
import type { Home } from './home/home.js';
import { checkTree } from './home/safe-file.js';
import type { Settings } from './home/settings.js';

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
