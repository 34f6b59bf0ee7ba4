import { openPolicy } from '@meshclaw/policy';
import { decideWith, guard } from '@meshclaw/policy/adapters';

const orders = new Map([['o-1', 'open']]);

const opened = await openPolicy({ operations: { 'order.find': 'read', 'order.cancel': 'write' } });
if (opened.isErr()) throw new Error(opened.error.message);
const decide = decideWith(opened.value, { subject: { type: 'agent', id: 'shop-assistant' } });

const found = await guard(decide, { name: 'order.find', class: 'read' }, () => orders.get('o-1'));
if (found.isOk()) console.log('found', found.value);

const action = { name: 'order.cancel', class: 'write', properties: { order: 'o-1' } } as const;
const cancelled = await guard(decide, action, () => orders.delete('o-1'));
if (cancelled.isErr()) console.log(cancelled.error.kind, orders.get('o-1'));
