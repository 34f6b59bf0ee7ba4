/** A whole MeshClaw around a dial, for tests of the engine. */

import { createApprovalDesk } from '../approvals/desk.js';
import type { Clock } from '../clock.js';
import type { DecisionRequest } from '../decision.js';
import { createMeshClaw } from '../engine/create-meshclaw.js';
import type { OperationCatalogue } from '../meshclaw.js';
import { createDial, dialRead, dialSet, inventoryOf } from './dial.js';
import { createMemoryLedger } from './memory-ledger.js';
import { createScriptedPolicy, type ScriptedAnswer } from './scripted-policy.js';
import { createTestApprover, registryOf, type TestApprover } from './test-approver.js';

/** A clock that moves only when a test moves it. */
export function createTestClock(start = '2026-01-02T03:04:05.000Z'): Clock & { advance(ms: number): void } {
  let ms = Date.parse(start);
  return {
    now: () => new Date(ms).toISOString(),
    monotonicMs: () => ms,
    sleep: async (durationMs) => {
      ms += durationMs;
    },
    advance: (by) => {
      ms += by;
    },
  };
}

/** A dial behind the engine, with one approver, two servers and an agent that asks. */
export function createWorld(
  answer?: (request: DecisionRequest) => ScriptedAnswer | undefined,
  operations: OperationCatalogue = {},
) {
  const clock = createTestClock();
  const ledger = createMemoryLedger({ clock, id: 'ledger-1' });
  const policy = createScriptedPolicy(answer);
  const { dial, executor } = createDial();
  const approver = createTestApprover('dana');
  const approvers: TestApprover[] = [approver];
  const made = createMeshClaw({
    policy,
    ledger,
    clock,
    inventory: inventoryOf(['web1', 'web2']),
    executors: [executor],
    approvers: registryOf(approvers),
    operations: { 'dial.read': async () => dialRead, 'dial.set': async () => dialSet, ...operations },
  });
  const mesh = made._unsafeUnwrap();
  const desk = createApprovalDesk({ ledger, clock, approvers: registryOf(approvers) });
  const agent = mesh.as({ subject: { type: 'agent', id: 'codex' }, surface: 'sdk' });
  /** Signs a pending approval as `by`. */
  const grant = async (id: string, by: TestApprover = approver) => {
    const statement = (await desk.statement(id))._unsafeUnwrap();
    return desk.grant(id, { statement, signature: by.sign(statement) });
  };
  return { clock, ledger, policy, dial, executor, approver, approvers, mesh, desk, agent, grant };
}
