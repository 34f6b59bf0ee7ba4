/** Why a policy could not be opened, or a tool had nothing to look at. Deciding itself has no errors: there everything that goes wrong is a deny. */

/** Where in a source it is. `row` and `column` are 1-based. */
export interface PolicyDiagnostic {
  readonly message: string;
  readonly file?: string;
  readonly row?: number;
  readonly column?: number;
}
export interface PolicyError {
  readonly kind:
    | 'policy.unreadable_source'
    | 'policy.unsafe_permissions'
    | 'policy.invalid_source'
    | 'policy.forbidden_package'
    | 'policy.looser_parameter'
    | 'policy.unknown_pack'
    | 'policy.invalid_operation'
    | 'policy.compiler_unavailable'
    | 'policy.unusable_bundle'
    | 'policy.failed_self_test'
    | 'policy.no_sources'
    | 'policy.no_tests'
    | 'policy.unexplained';
  readonly message: string;
  readonly path?: string;
  readonly diagnostics?: readonly PolicyDiagnostic[];
  readonly cause?: unknown;
}
