/** Runs a workflow and owns its report: status, problems, targets and evidence are the engine's, not the author's. */

import type { z } from 'zod';
import type { Finding } from '../finding.js';
import type { RunOptions } from '../meshclaw.js';
import type { Plan, PlanStep } from '../plan.js';
import type { Refusal } from '../refusal.js';
import type { Report, Workflow } from '../workflow.js';
import { type Asking, type Engine, newId } from './engine.js';
import { storePlan } from './propose.js';
import { evidenceUnavailable, invalidInput, refused } from './refuse.js';
import { createRunLog, type RunLog } from './run-log.js';
import { createContext } from './workflow-context.js';

/** Runs a workflow to its report. Never rejects: a workflow that throws, or whose data do not fit its schema, has failed. */
export async function runWorkflow<I extends z.ZodType, D extends z.ZodType>(
  engine: Engine,
  caller: Asking,
  workflow: Workflow<string, I, D>,
  input: z.input<I>,
  options: RunOptions = {},
): Promise<Report<z.output<D>>> {
  const run = newId('run');
  const asking: Asking = {
    ...caller,
    run,
    workflow: workflow.id,
    ...(options.because === undefined ? {} : { because: options.because }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const log = createRunLog();
  const about = { operation: workflow.id, target: '*' };
  const answer = await answerOf(engine, asking, workflow, input, log, options.note ?? (() => {}));
  const head = await engine.ledger.head();
  if (head.isErr()) log.refused(evidenceUnavailable(about, head.error));
  const base = {
    workflow: workflow.id,
    run,
    targets: [...log.targets].filter((target) => target !== '*'),
    findings: [...policyFindings(engine), ...(answer?.findings ?? [])],
    next: answer?.next ?? [],
    ...(answer?.plan ? { plan: { id: answer.plan.id, digest: answer.plan.digest } } : {}),
    ...(head.isOk() ? { head: head.value } : {}),
  };
  const status = statusOf(log, answer, base.findings.length);
  const told = { ...base, problems: log.problems, evidence: log.evidence };
  return status === 'failed' || !answer ? { ...told, status: 'failed' } : { ...told, status, data: answer.data };
}

interface Answered<D> {
  readonly data: D;
  readonly findings: Report<D>['findings'];
  readonly next: Report<D>['next'];
  readonly plan: Plan | undefined;
}

async function answerOf<I extends z.ZodType, D extends z.ZodType>(
  engine: Engine,
  asking: Asking,
  workflow: Workflow<string, I, D>,
  input: z.input<I>,
  log: RunLog,
  note: (text: string) => void,
): Promise<Answered<z.output<D>> | undefined> {
  const about = { operation: workflow.id, target: '*' };
  const fail = (refusal: Refusal) => {
    log.refused(refusal);
    return undefined;
  };
  const parsed = workflow.input.safeParse(input);
  if (!parsed.success) {
    return fail(
      invalidInput(
        about,
        parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
      ),
    );
  }
  try {
    const proposed = new WeakSet<PlanStep>();
    const told = await workflow.run(parsed.data, createContext(engine, asking, workflow, log, proposed, note));
    const data = workflow.data.safeParse(told.data);
    if (!data.success) return fail(refused(about, 'defect', data.error));
    const steps = told.steps ?? [];
    if (steps.some((step) => !proposed.has(step))) return fail(refused(about, 'defect'));
    const answered = { data: data.data, findings: told.findings ?? [], next: told.next ?? [] };
    if (steps.length === 0) return { ...answered, plan: undefined };
    const plan = await storePlan(engine, asking, workflow.title, steps);
    return plan.isOk() ? { ...answered, plan: plan.value } : fail(plan.error);
  } catch (cause) {
    return fail(refused(about, 'defect', cause));
  }
}

/** Failed: nothing was learned. Partial: some of it. A problem is never outweighed by an answer. */
function statusOf(log: RunLog, answer: Answered<unknown> | undefined, findings: number): Report<unknown>['status'] {
  if (!answer) return 'failed';
  if (log.problems.length > 0) return log.answers > 0 ? 'partial' : 'failed';
  return findings > 0 ? 'findings' : 'ok';
}

/** What is wrong with the policy concerns every report, whatever it is about. */
const policyFindings = ({ policy }: Engine): readonly Finding[] =>
  (policy.alarms?.() ?? []).map((alarm) => ({ ...alarm, target: '*', evidence: [] }));
