// One thing at a time, in the order of asking.

/** Runs tasks one after another. A task must not reject. */
export function createQueue(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task);
    last = next;
    return next;
  };
}
