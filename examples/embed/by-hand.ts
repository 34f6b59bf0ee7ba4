import { createMeshClaw, type Target } from '@meshclaw/core';
import { openLedger } from '@meshclaw/evidence';
import { local } from '@meshclaw/executors/local';
import { openPolicy } from '@meshclaw/policy';
import { hostFacts, operations } from '@meshclaw/workflows/operations';
import { okAsync, ResultAsync } from 'neverthrow';

const parts = await ResultAsync.combine([openPolicy(), openLedger({ folder: process.argv[2] ?? 'ledger' })]);
if (parts.isErr()) throw new Error(parts.error.message);
const [policy, ledger] = parts.value;

const reach = [{ executor: 'local', settings: {} }];
const here: Target = { id: 'here', kind: 'server', reach, platform: {}, properties: {} };
const inventory = { target: (id: string) => okAsync(id === 'here' ? here : undefined), targets: () => okAsync([here]) };
const mesh = createMeshClaw({ policy, ledger, inventory, executors: [local()], operations });
if (mesh.isErr()) throw new Error(mesh.error.message);

const caller = mesh.value.as({ subject: { type: 'ci', id: 'nightly' }, surface: 'ci' });
const facts = await caller.perform(hostFacts, 'here', {});
console.log(facts.isOk() ? facts.value : facts.error.kind);
await ledger.close();
