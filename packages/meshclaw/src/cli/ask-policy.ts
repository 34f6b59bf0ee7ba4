/** A question to policy, on record where there is a home to record it in. */

import {
  createMeshClaw,
  type Decision,
  type Inventory,
  type JsonObject,
  type MeshClaw,
  type OperationCatalogue,
  type Refusal,
  type Subject,
  type Target,
} from '@meshclaw/core';
import { resolveAlias } from '@meshclaw/policy';
import { err, ok, okAsync, type Result } from 'neverthrow';
import type { OpenError, UsageError } from '../errors.js';
import { checkHome, type Home } from '../home/home.js';
import { inventoryOf, THIS_MACHINE } from '../home/inventory.js';
import { noLedger } from '../home/no-ledger.js';
import { operationCatalogue, type WireOptions, watched, wire } from '../wire.js';
import { loadPolicy } from '../wire-policy.js';
import type { PropertySchema } from './coerce.js';
import { inputSchemaOf } from './find-operation.js';

export interface Question {
  readonly subject: Subject;
  readonly operation: string;
  readonly server: string;
  readonly input: (schema: PropertySchema) => Result<JsonObject, UsageError>;
  /** False asks about the operation as such. */
  readonly hasInput: boolean;
  /** Sees the request as policy is asked it. */
  readonly watch?: WireOptions['watch'];
}
type Asked = Promise<Result<Decision, Refusal | OpenError | UsageError>>;

/** Asks. A server that the inventory does not know is one that nothing is known about. Err kinds: every `OpenError`, `meshclaw.usage` and the refusals of `check`. */
export async function askPolicy(home: Home, question: Question): Asked {
  const exists = await checkHome(home);
  if (exists.isErr()) return err(exists.error);
  if (!exists.value) return askWithoutHome(question);
  const wired = await wire(home, {
    around: withGenericServer,
    ...(question.watch ? { watch: question.watch } : {}),
  });
  if (wired.isErr()) return err(wired.error);
  const { mesh, operations, close } = wired.value;
  const asked = await ask(mesh, operations, question);
  await close();
  return asked;
}

async function askWithoutHome(question: Question): Asked {
  const policy = await loadPolicy({});
  if (policy.isErr()) return err(policy.error);
  const operations = await operationCatalogue();
  const inventory = withGenericServer(inventoryOf([THIS_MACHINE]));
  const mesh = createMeshClaw({
    policy: watched(policy.value, question.watch),
    ledger: noLedger,
    inventory,
    executors: [],
    operations,
  });
  if (mesh.isOk()) return ask(mesh.value, operations, question);
  const { message, detail } = mesh.error;
  return err({ kind: 'meshclaw.engine_unavailable', message, detail });
}

async function ask(mesh: MeshClaw, operations: OperationCatalogue, question: Question): Asked {
  const name = resolveAlias(question.operation, 'check');
  const input = await inputFor(operations, name, question);
  if (input.isErr()) return err(input.error);
  const session = mesh.as({ subject: question.subject, surface: 'cli' });
  return session.check(name, question.server, input.value);
}

async function inputFor(
  operations: OperationCatalogue,
  name: string,
  { input, hasInput }: Question,
): Promise<Result<JsonObject | undefined, UsageError>> {
  if (!hasInput) return ok(undefined);
  const operation = Object.hasOwn(operations, name) ? await operations[name]?.() : undefined;
  return input(operation ? inputSchemaOf(operation) : {});
}

const withGenericServer = (own: Inventory): Inventory => ({
  ...own,
  target: (id) => own.target(id).andThen((found) => okAsync(found ?? genericServer(id))),
});

const genericServer = (id: string): Target => ({ id, kind: 'server', reach: [], platform: {}, properties: {} });
