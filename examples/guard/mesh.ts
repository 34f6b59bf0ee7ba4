import { guard } from '@meshclaw/policy/adapters';
import { openMeshClaw } from 'meshclaw';

const opened = await openMeshClaw({ operations: { 'order.find': 'read' } });
if (opened.isErr()) throw new Error(opened.error.message);
const { decide } = opened.value.as({ subject: { type: 'agent', id: 'shop-assistant' }, surface: 'sdk' });

const found = await guard(decide, { name: 'order.find', class: 'read' }, () => 'open');
console.log(found.isOk() ? found.value : found.error.message);
await opened.value.close();
