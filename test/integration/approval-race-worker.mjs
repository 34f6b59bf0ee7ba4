// One of several processes that use one approval at once: ARGV is home, plan, number of uses. Prints a line when it begins and what each use came to.
import { openMeshClaw } from '../../packages/meshclaw/dist/index.js';

const [home, plan, uses] = process.argv.slice(2);
const opened = await openMeshClaw({ home });
if (opened.isErr()) throw new Error(opened.error.message);
const agent = opened.value.as({ subject: { type: 'agent', id: 'codex' }, surface: 'sdk' });
process.stdout.write('begins\n');
await Promise.all(
  Array.from({ length: Number(uses) }, async () => {
    const applied = await agent.apply(plan);
    const refusal = applied.isErr() ? applied.error : applied.value[0]?.refusal;
    process.stdout.write(`${refusal === undefined ? 'done' : (refusal.why ?? refusal.kind)}\n`);
  }),
);
await opened.value.close();
