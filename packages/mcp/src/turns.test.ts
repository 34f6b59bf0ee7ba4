import { expect, it } from 'vitest';
import { createTurns } from './turns.js';

/** Work that ends when it is told to. */
function held() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work: () => ended, end: () => end() };
}

it('lets so many work at once, and the next when one has ended, even badly', async () => {
  const turns = createTurns(2);
  const began: number[] = [];
  const works = [held(), held(), held()];
  const all = works.map(({ work }, at) =>
    turns.take(async () => {
      began.push(at);
      await work();
      if (at === 0) throw new Error('badly');
    }),
  );
  expect(began).toEqual([0, 1]);
  works[0]?.end();
  await expect(all[0]).rejects.toThrow('badly');
  expect(began).toEqual([0, 1, 2]);
  for (const { end } of works) end();
  await Promise.all(all.slice(1));
});

it('is idle when nothing works or waits any more', async () => {
  const turns = createTurns(1);
  await turns.idle();
  const works = [held(), held()];
  const order: string[] = [];
  const all = works.map(({ work }, at) => turns.take(work).then(() => order.push(`ended ${at}`)));
  const idle = turns.idle().then(() => order.push('idle'));
  for (const { end } of works) end();
  await Promise.all([...all, idle]);
  expect(order).toEqual(expect.arrayContaining(['ended 0', 'ended 1', 'idle']));
  expect(order.indexOf('idle')).toBeGreaterThan(order.indexOf('ended 0'));
});
