/** Lets a bounded number of calls work at once; the rest wait in line. */

/** Runs each piece of work when its turn comes; `idle` resolves once nothing works or waits. */
export function createTurns(atOnce: number) {
  let working = 0;
  const waiting: (() => void)[] = [];
  const idlers: (() => void)[] = [];

  const free = () => {
    const next = waiting.shift();
    if (next) return next();
    working -= 1;
    if (working === 0) for (const idler of idlers.splice(0)) idler();
  };
  return {
    async take<T>(work: () => Promise<T>): Promise<T> {
      if (working >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
      else working += 1;
      try {
        return await work();
      } finally {
        free();
      }
    },
    idle: (): Promise<void> => (working === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve))),
  };
}
