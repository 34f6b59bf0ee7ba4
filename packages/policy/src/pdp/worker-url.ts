/** Where the built thread of a policy is. */

import { existsSync } from 'node:fs';

/** Beside the module that asks, however deep it was bundled; in `dist` when the package runs from its sources, because Node 20 starts no worker from a `.ts` file. Throws when the package is incomplete. */
export function workerUrl(from: string = import.meta.url): URL {
  const places = from.endsWith('.ts')
    ? ['../../dist/pdp/worker.js']
    : ['./pdp/worker.js', '../pdp/worker.js', './worker.js'];
  const found = places.map((path) => new URL(path, from)).find((url) => existsSync(url));
  if (!found) throw new Error('the package lacks the thread that evaluates policies');
  return found;
}
