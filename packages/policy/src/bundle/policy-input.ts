/** Everything a policy is made of, read and layered but not compiled: base, pack and owner. */

import type { JsonObject } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { PolicyError } from '../errors.js';
import { DEFAULT_PACK, type Pack } from '../packs/index.js';
import type { CompileInput } from './compile.js';
import { readOwnerPrograms } from './owner-programs.js';
import { NO_SOURCES, type OwnerSources, readOwnerSources } from './owner-sources.js';
import {
  layerParameters,
  type Parameters,
  parameterValues,
  parseBaseParameters,
  protectOwnFolders,
} from './parameters.js';
import { loadShippedSources } from './shipped.js';

/** Where a policy comes from. */
export interface PolicySources {
  /** Rules and `parameters.yaml` of the owner; an absent folder is an owner without any. */
  readonly ownerFolder?: string;
  /** The parameters of a kind of fleet, between the base and the owner's. `homelab` when left out. */
  readonly pack?: Pack;
  /** Absolute paths of folders that MeshClaw keeps itself in, besides those every policy protects. */
  readonly ownFolders?: readonly string[];
}
/** What the compiler is given, and what only the tools look at. */
export interface PolicyInput {
  readonly compile: CompileInput;
  /** The owner's files as they were read, his tests among them. */
  readonly owner: OwnerSources;
  /** The owner's models of programs, which are among those of `compile` too. */
  readonly ownPrograms: readonly JsonObject[];
  /** Parameters of base and pack, before the owner's. */
  readonly below: Parameters;
}

/** The base document that rules see under `data`: without the models, of which they see the facts. */
export const baseDocument = ({
  operations,
  parameters,
}: Pick<CompileInput, 'operations' | 'parameters'>): JsonObject => ({
  meshclaw: { operations, parameters },
});

/** Reads the owner's folder and puts the layers over each other. Err kinds: `policy.unreadable_source`, `policy.unsafe_permissions`, `policy.unknown_pack`, `policy.invalid_source`, `policy.looser_parameter`. Throws when the package is incomplete. */
export function readPolicyInput(sources: PolicySources): Result<PolicyInput, PolicyError> {
  const { ownerFolder } = sources;
  const owner = ownerFolder === undefined ? ok<OwnerSources, PolicyError>(NO_SOURCES) : readOwnerSources(ownerFolder);
  return owner.andThen((read) => layered(read, sources));
}

function layered(
  owner: OwnerSources,
  { pack = DEFAULT_PACK, ownFolders = [] }: PolicySources,
): Result<PolicyInput, PolicyError> {
  const { modules, operations, programs, parameters, packs } = loadShippedSources();
  const layer = Object.hasOwn(packs, pack) ? packs[pack] : undefined;
  if (layer === undefined) return err({ kind: 'policy.unknown_pack', message: 'no pack has this name', path: pack });
  const packed = layerParameters(parseBaseParameters(parameters), layer, `packs/${pack}/parameters.yaml`);
  const { parameters: own } = owner;
  const models = readOwnerPrograms(owner, programs);
  if (models.isErr()) return err(models.error);
  const ownPrograms = models.value;
  return packed.andThen((below) =>
    (own ? layerParameters(below, own.text, own.path) : ok(below)).map((whole) => {
      const values = parameterValues(protectOwnFolders(whole, ownFolders));
      return {
        compile: {
          modules: [...modules, ...owner.modules],
          operations,
          programs: [...programs, ...ownPrograms],
          parameters: values,
        },
        owner,
        ownPrograms,
        below,
      };
    }),
  );
}
