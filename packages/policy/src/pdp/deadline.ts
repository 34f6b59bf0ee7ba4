/** A limit on how long something may run, which a machine that lets nothing run does not use up. */

/** So many times the limit is the end, however little ran meanwhile. */
const MOST_EXTENSIONS = 7;

/** Calls back once the limit is over; the answer of whoever was quick enough, but not yet heard, still counts. Returns how to call it off. */
export function startDeadline(limitMs: number, onOver: () => void): () => void {
  let extensions = 0;
  let ended = false;
  let timer: ReturnType<typeof setTimeout>;
  const arm = (): void => {
    const before = process.cpuUsage();
    timer = setTimeout(() => {
      const { user, system } = process.cpuUsage(before);
      // A loop uses a processor up; a process that got none of it was kept waiting by others.
      if ((user + system) / 1_000 < limitMs / 2 && extensions < MOST_EXTENSIONS) {
        extensions += 1;
        arm();
        return;
      }
      // Timers run before messages: after this turn of the loop every answer that had come was heard.
      setImmediate(() => {
        if (!ended) onOver();
      });
    }, limitMs);
  };
  arm();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
