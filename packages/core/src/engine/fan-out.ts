/** Bounded fan-out: at most so many at a time, answers in the order of the items, one failure stops nobody else. */

/** More at once gains nothing on a controller of few cores. */
const AT_ONCE = 16;

/** Runs each item; `run` answers its own failures as values. */
export async function fanOut<T, R>(
  items: readonly T[],
  run: (item: T) => PromiseLike<R>,
  concurrency: number = AT_ONCE,
): Promise<readonly R[]> {
  const answers = new Array<R>(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [place, item] of queue) answers[place] = await run(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, items.length)) }, worker));
  return answers;
}
