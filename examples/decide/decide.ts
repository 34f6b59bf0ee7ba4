import type { DecisionRequest } from '@meshclaw/core';
import { openPolicy } from '@meshclaw/policy';
import { createPolicyTools } from '@meshclaw/policy/tools';

const opened = await openPolicy(); // the shipped policy; { ownerFolder, cacheFolder, pack } for one of your own
if (opened.isErr()) throw new Error(opened.error.message); // nothing may be performed without a policy

const request: DecisionRequest = {
  requestId: 'req-1',
  subject: { type: 'agent', id: 'codex' },
  action: { name: 'command.run', class: 'judged', properties: {}, argv: ['sh', '-c', 'rm -rf /srv/app/cache'] },
  resource: { type: 'server', id: 'web1', properties: {}, facts: {} },
  context: {
    ...{ now: '2026-01-01T00:00:00.000Z', mode: 'execute', surface: 'sdk' },
    ...{ freeze: false, exposed: false, recent: { 'command.run': 0 } },
  },
};
const decision = await opened.value.decide(request); // never rejects
console.log(decision.effect, decision.class, decision.allowed);
for (const { rule, message } of decision.reasons) console.log(rule, message);

const tools = await createPolicyTools({}); // needs @meshclaw/rego
const explained = tools.isOk() ? await tools.value.explanation(request) : tools;
if (explained.isOk()) console.log(explained.value.nearMisses.length > 0);
