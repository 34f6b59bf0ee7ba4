/** Puts the parts together and binds callers to them. */

import { err, errAsync, ok, type Result, ResultAsync } from 'neverthrow';
import type { ApproverRegistry } from '../approvals/approver.js';
import { systemClock } from '../clock.js';
import type { Caller, MeshClaw, MeshClawError, MeshClawOptions, Session } from '../meshclaw.js';
import { createRedactor } from '../redaction/redactor.js';
import { apply } from './apply.js';
import { ask } from './ask.js';
import { check } from './check.js';
import { collect } from './collect.js';
import { type Asking, type Engine, withOptions } from './engine.js';
import { perform } from './perform.js';
import { runWorkflow } from './workflow-run.js';

/** Makes a MeshClaw from its parts. Err kinds: `core.duplicate_executor`, `core.invalid_configuration`. */
export function createMeshClaw(options: MeshClawOptions): Result<MeshClaw, MeshClawError> {
  const ids = options.executors.map(({ id }) => id);
  const twice = ids.find((id, place) => ids.indexOf(id) !== place);
  if (twice !== undefined) {
    return err({ kind: 'core.duplicate_executor', message: 'two executors have one id', detail: twice });
  }
  const { platformFrom } = options;
  if (platformFrom !== undefined && !Object.hasOwn(options.operations, platformFrom)) {
    return err({
      kind: 'core.invalid_configuration',
      message: 'the operation that tells the platform is not in the catalogue',
      detail: platformFrom,
    });
  }
  const engine: Engine = {
    policy: options.policy,
    ledger: options.ledger,
    inventory: options.inventory,
    executors: new Map(options.executors.map((executor) => [executor.id, executor])),
    operations: options.operations,
    approvers: options.approvers ?? nobody,
    clock: options.clock ?? systemClock,
    redact: options.redact ?? createRedactor(),
    platformFrom,
    turns: new Map(),
  };
  return ok({ as: (caller) => bind(engine, caller) });
}

/** Without approvers nothing can be approved. */
const nobody: ApproverRegistry = {
  approvers: () => errAsync({ kind: 'unavailable', message: 'no approvers are configured' }),
};

function bind(engine: Engine, { subject, surface, exposed = false, waitMs }: Caller): Session {
  const asking: Asking = { subject, surface, exposed, ...(waitMs === undefined ? {} : { waitMs }) };
  return {
    perform: (operation, target, input, options) =>
      new ResultAsync(perform(engine, withOptions(asking, options), operation, target, input)) as never,
    run: (workflow, input, options) => runWorkflow(engine, asking, workflow, input, options),
    check: (operation, target, input) => new ResultAsync(check(engine, asking, operation, target, input)),
    decide: (action) => new ResultAsync(ask(engine, asking, action)),
    apply: (plan, options = {}) =>
      new ResultAsync(apply(engine, withOptions(asking, options), plan, Math.max(1, options.stopAfterFailures ?? 1))),
    collect: (execution, options) => new ResultAsync(collect(engine, asking, execution, options)),
  };
}
