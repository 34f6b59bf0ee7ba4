/** A process that appends until it is told or killed: `append-process <folder> <name> <records> <callers> [<bytes of an epoch>]`. Prints each index once it is acknowledged. */

import { writeSync } from 'node:fs';
import { openLedger } from '../index.js';

const [folder = '', name = '', records = '0', callers = '1', bytes] = process.argv.slice(2);
const epoch = bytes === undefined ? {} : { epoch: { maxBytes: Number(bytes) } };
const ledger = (await openLedger({ folder, ...epoch }))._unsafeUnwrap();
let next = 0;

async function caller(): Promise<void> {
  while (next < Number(records)) {
    const number = next;
    next += 1;
    // Every name tries the same keys: exactly one process may have each.
    const once = `shared-${number}`;
    const own = await ledger.append([{ type: 'decision.made', run: name, body: { number } }]);
    const shared = await ledger.append([{ type: 'lease.opened', run: name, once, body: { number } }]);
    if (own.isErr()) throw new Error(`append failed: ${own.error.message}`, { cause: own.error.cause });
    if (shared.isErr() && shared.error.kind !== 'already_recorded') throw new Error(shared.error.message);
    const acknowledged = [...own.value, ...(shared.isOk() ? shared.value : [])];
    writeSync(1, acknowledged.map(({ index, leaf }) => `${index} ${leaf}\n`).join(''));
  }
}

await Promise.all(Array.from({ length: Number(callers) }, caller));
await ledger.close();
