/** Every error of this package. Plain data; `kind` is public API. */

/** One thing that is wrong in a configuration file. `line` and `column` are 1-based; `nearest` is the known word that the unknown one comes closest to. */
export interface ConfigurationProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The place in the document, as `servers[0].reach`. */
  readonly path: string;
  readonly text: string;
  readonly nearest?: string;
}

/** Why the home, or what is in it, cannot be used. */
export type HomeError =
  | {
      readonly kind: 'meshclaw.home_unusable';
      readonly message: string;
      readonly path: string;
      readonly detail: string;
    }
  | {
      readonly kind: 'meshclaw.unsafe_permissions';
      readonly message: string;
      readonly path: string;
      /** Permission bits in octal, as `0664`. */
      readonly mode: string;
      readonly remedy: string;
    }
  | {
      readonly kind: 'meshclaw.invalid_configuration';
      readonly message: string;
      readonly problems: readonly ConfigurationProblem[];
    };

/** Why `openMeshClaw` has nothing to hand out. */
export type OpenError =
  | HomeError
  | {
      readonly kind: 'meshclaw.ledger_unavailable' | 'meshclaw.policy_unavailable' | 'meshclaw.engine_unavailable';
      readonly message: string;
      readonly detail: string;
      readonly cause?: unknown;
    };

/** Why a statement was not signed. */
export interface SignError {
  readonly kind: 'meshclaw.key_unreadable' | 'meshclaw.key_unsupported' | 'meshclaw.signing_failed';
  readonly message: string;
  readonly path: string;
  readonly detail: string;
}

/** Why something that only an approver may change was not changed. */
export interface ChangeError {
  readonly kind:
    | 'meshclaw.signature_required'
    | 'meshclaw.bad_signature'
    | 'meshclaw.unknown_key'
    | 'meshclaw.already_enrolled'
    | 'meshclaw.approvers_missing'
    | 'meshclaw.approvers_unavailable'
    | 'meshclaw.changed_meanwhile'
    | 'meshclaw.not_frozen'
    | 'meshclaw.not_unsettled'
    | 'meshclaw.evidence_unavailable';
  readonly message: string;
  readonly detail: string;
}

/** Why a host key was not pinned. */
export interface PinError {
  readonly kind:
    | 'meshclaw.not_reached'
    | 'meshclaw.fingerprint_mismatch'
    | 'meshclaw.host_key_changed'
    | 'meshclaw.confirmation_required'
    | 'meshclaw.not_confirmed'
    | 'meshclaw.inventory_unchanged'
    | 'meshclaw.changed_meanwhile'
    | 'meshclaw.evidence_unavailable';
  readonly message: string;
  readonly detail: string;
}

/** What a command says when the words it was given make no sense. */
export interface UsageError {
  readonly kind: 'meshclaw.usage' | 'meshclaw.unreadable_file' | 'meshclaw.not_found';
  readonly message: string;
  readonly detail: string;
}

export type MeshClawPackageError = OpenError | SignError | ChangeError | PinError | UsageError;

/** Whatever was thrown, or given as a cause, in words. */
export function detailOf(cause: unknown): string {
  const message = (cause as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : String(cause);
}
