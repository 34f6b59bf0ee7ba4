/** The words, the ports and the engine of MeshClaw. No I/O: everything reaches the world through an executor. */

export {
  type Action,
  type ActionKind,
  type ActionOf,
  type ApiAction,
  type CommandAction,
  command,
  script,
  type Unsupported,
  unsupported,
} from './action.js';
export {
  type AllowedSignersError,
  APPROVAL_NAMESPACE,
  allowedSignersLine,
  parseAllowedSigners,
  parseAuthorizedKey,
} from './approvals/allowed-signers.js';
export type {
  Approval,
  ApprovalDemands,
  ApprovalDesk,
  ApprovalError,
  ApprovalMethod,
  ApprovalReader,
  ApprovalStatus,
  Grant,
} from './approvals/approval.js';
export type { Approver, ApproverRegistry, ApproverRegistryError } from './approvals/approver.js';
export { type Bounds, boundsDigest, MOST_BOUNDED_MINUTES, MOST_BOUNDED_USES, parseBounds } from './approvals/bounds.js';
export { type ApprovalDeskOptions, createApprovalDesk } from './approvals/desk.js';
export { parseSshPublicKey, type SshPublicKey } from './approvals/ssh-key.js';
export { ed25519Blob, signSshSignature } from './approvals/ssh-sign.js';
export { type SshSignatureProof, signedBytes, verifySshSignature } from './approvals/ssh-signature.js';
export { type SshReader, sshReader, sshString } from './approvals/ssh-wire.js';
export { parseStatement, type Statement, statementText } from './approvals/statement.js';
export { type ApprovalStats, approvalStats } from './approvals/stats.js';
export { type Clock, systemClock } from './clock.js';
export {
  type Alternative,
  type AskedAction,
  type Decision,
  type DecisionRequest,
  EFFECTS,
  type Effect,
  MODES,
  type Mode,
  type Obligation,
  type PolicyAlarm,
  type PolicyDecisionPoint,
  type PolicyTools,
  type Reason,
  SUBJECT_TYPES,
  SURFACES,
  type Subject,
  type SubjectType,
  type Surface,
  subjectName,
} from './decision.js';
export { canonicalJson, sha256Hex } from './digest.js';
export { createMeshClaw } from './engine/create-meshclaw.js';
export {
  type CollectedExecution,
  type CollectedText,
  FOUND,
  type Found,
  keepBrokenOff,
  type UnsettledExecution,
  unsettledExecutions,
} from './executions.js';
export type {
  CallOptions,
  DetachedRun,
  Detaching,
  Executor,
  ExecutorError,
  ExecutorLock,
  ExecutorSession,
  Followed,
} from './executor.js';
export type { Fact, FactValue } from './facts.js';
export type { Finding, Next } from './finding.js';
export {
  type FrameCapture,
  type FramedStream,
  type FrameOptions,
  frameReads,
  isFrameable,
  type Unframe,
  unframeReads,
} from './frame.js';
export type { Inventory, InventoryError } from './inventory.js';
export type { JsonObject, JsonValue } from './json.js';
export {
  type BlobReference,
  type Defect,
  type Head,
  type Ledger,
  type LedgerError,
  type NewRecord,
  RECORD_TYPES,
  type Receipt,
  type RecordQuery,
  type RecordType,
  type StoredRecord,
  type Unless,
  type Verification,
} from './ledger.js';
export type {
  Caller,
  CollectOptions,
  CreateMeshClaw,
  MeshClaw,
  MeshClawError,
  MeshClawOptions,
  OperationCatalogue,
  RunOptions,
  Session,
} from './meshclaw.js';
export {
  type Absent,
  type ChangeClass,
  type ChangePart,
  defineChange,
  defineRead,
  type InputOf,
  type Limits,
  type Operation,
  type OperationClass,
  type OperationName,
  type OutputOf,
  type ParseError,
  type ReadOperation,
  step,
  type WantedStep,
} from './operation.js';
export type { Answered, Captured, Exited, Outcome, OutcomeOf, Signalled, Unknown } from './outcome.js';
export {
  type Plan,
  type PlanBody,
  type PlanEnvelope,
  type PlanStep,
  type PlanStepBody,
  planBytes,
  planDigest,
  type StepReport,
} from './plan.js';
export { type Problem, toProblem } from './problem.js';
export { readPlan } from './read-plan.js';
export { SECRET_RULES } from './redaction/patterns.js';
export { redactJson } from './redaction/redact-json.js';
export { redactingLedger } from './redaction/redacting-ledger.js';
export {
  createRedactionStream,
  createRedactor,
  type RedactionStream,
  type RedactorOptions,
} from './redaction/redactor.js';
export type { SecretRule } from './redaction/rule.js';
export type { PendingApproval, Refusal, RefusalKind, RefusalOf, RefusedWhy } from './refusal.js';
export { SEVERITIES, type Severity } from './severity.js';
export type { Platform, PlatformFact, Reach, Target, TargetKind } from './target.js';
export { visible, visibleJson, visibleLine } from './visible.js';
export {
  COMMAND_EFFECTS,
  type CommandEffect,
  type CommandEffectKind,
  type CommandFacts,
  commandFactsSchema,
  PATH_MARKS,
  type PathMark,
} from './wire/command-facts.js';
export {
  fromWireAnswer,
  fromWireRequest,
  toWireDecision,
  toWireRequest,
  type WireAnswer,
  type WireDecision,
  type WireRequest,
  wireAnswerSchema,
  wireDecisionSchema,
  wireRequestSchema,
} from './wire/decision.js';
export {
  type Answers,
  type ApplyContext,
  type Contexts,
  defineWorkflow,
  type ObserveContext,
  type Performed,
  type PerformOptions,
  type Phase,
  type PlanContext,
  type ReadsOf,
  type Report,
  type Workflow,
} from './workflow.js';
