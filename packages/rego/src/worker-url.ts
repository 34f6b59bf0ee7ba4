// Where the worker's JavaScript is.

/**
 * The address of the built worker: beside this module in the built package, in `../dist` when the package runs from
 * its TypeScript sources, because Node 20 cannot start a worker from a `.ts` file.
 */
export function workerUrl(from: string = import.meta.url): URL {
  return new URL(from.endsWith('.ts') ? '../dist/worker.js' : './worker.js', from);
}
