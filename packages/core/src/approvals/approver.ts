/** Who may approve, as a port: the composition root reads the approvers file. */

import type { ResultAsync } from 'neverthrow';

/** One enrolled key. `publicKey` is the SSH wire form (RFC 4253 §6.6), base64; `fingerprint` is `SHA256:…` as ssh-keygen prints it. */
export interface Approver {
  readonly name: string;
  readonly keyType: string;
  readonly publicKey: string;
  readonly fingerprint: string;
}
export interface ApproverRegistryError {
  readonly kind: 'unavailable';
  readonly message: string;
  readonly detail?: string;
}
export interface ApproverRegistry {
  /** Every enrolled approver. Err kinds: `unavailable` (unreadable or unsafe file: nobody may approve). */
  approvers(): ResultAsync<readonly Approver[], ApproverRegistryError>;
}
