/** What would run and what policy says to it. The only thing that may happen on the server is the read that the operation observes. */

import {
  type Action,
  type Decision,
  type Inventory,
  type JsonObject,
  type JsonValue,
  type Operation,
  type Platform,
  redactJson,
  type Session,
} from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { decisionLines } from '../output/decision-text.js';
import { failRefusal } from '../output/fail.js';
import { actionLines } from '../output/plan-text.js';
import type { Printer } from '../output/printer.js';
import { ownRedactor } from '../own-redactor.js';
import { codeOfDecision, type ExitCode } from './exit-code.js';
import { performUntyped } from './perform-untyped.js';

export interface DryTarget {
  readonly session: Session;
  readonly inventory: Inventory;
  readonly server: string;
}

/** Prints decision and action; the exit code is the decision's. */
export async function dryRun(
  printer: Printer,
  target: DryTarget,
  operation: Operation,
  input: JsonObject,
): Promise<ExitCode> {
  const checked = await target.session.check(operation.name, target.server, input);
  if (checked.isErr()) return failRefusal(printer, checked.error);
  // Masked as a whole: a value may stand in another line than its name, and lines are printed one by one.
  const action = (await actionOf(target, operation, input)).map(
    (shown) => redactJson(shown as unknown as JsonValue, ownRedactor()) as unknown as Action,
  );
  printer.text(`${operation.name} on ${target.server}: nothing was run`);
  const shown = action.isOk() ? actionLines(action.value) : [`the exact action is not known yet: ${action.error}`];
  for (const line of [...shown, ...decisionLines(checked.value)]) printer.text(line);
  printer.data(dryData(operation, target.server, checked.value, action));
  return codeOfDecision(checked.value);
}

const dryData = (operation: Operation, server: string, decision: Decision, action: Result<Action, string>) => ({
  operation: operation.name,
  target: server,
  decision,
  ...(action.isOk() ? { action: action.value } : { action_unknown: action.error }),
});

/** The bytes that would run now; the error says what they still depend on. */
async function actionOf(target: DryTarget, operation: Operation, input: JsonObject): Promise<Result<Action, string>> {
  const parsed = operation.input.safeParse(input);
  if (!parsed.success) return err('the input does not fit');
  const platform = await platformOf(target, operation);
  if (platform.isErr()) return err(platform.error);
  const before = await observe(target, operation, parsed.data);
  if (before.isErr()) return err(before.error);
  const action = operation.action(parsed.data, platform.value, before.value);
  return action.kind === 'unsupported' ? err(action.reason) : ok(action);
}

async function platformOf({ inventory, server }: DryTarget, { needs }: Operation): Promise<Result<Platform, string>> {
  const found = await inventory.target(server);
  if (found.isErr()) return err(found.error.message);
  const known = found.value?.platform ?? {};
  const missing = needs.filter((fact) => known[fact] === undefined);
  return missing.length === 0 ? ok(known as Platform) : err(`it depends on the server's ${missing.join(', ')}`);
}

async function observe(
  { session, server }: DryTarget,
  operation: Operation,
  input: unknown,
): Promise<Result<JsonValue, string>> {
  const observes = operation.change?.observes;
  if (observes === undefined || 'none' in observes) return ok(null);
  const look = observes.input(input);
  if (look === undefined) return ok(null);
  const seen = await performUntyped(session, observes.operation, server, look);
  return seen.map(({ output }) => observes.pick(output)).mapErr(({ kind }) => `${observes.operation.name}: ${kind}`);
}
