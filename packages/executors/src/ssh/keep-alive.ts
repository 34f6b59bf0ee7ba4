/** Notices a peer that went silent: one whose process is frozen, or whose packets no longer arrive. */

/** What is watched. */
export interface Watched {
  /** Asks the peer for an answer, whatever it is. */
  ask(): void;
  /** Nothing was heard for as long as is waited. */
  lose(): void;
}
/** A watch that is running. */
export interface KeepAlive {
  /** Something came from the peer. */
  heard(): void;
  /** How long nothing came. */
  silentMs(): number;
  end(): void;
}

// Unanswered questions. Counted, not timed: where this process itself was suspended, the answer may be waiting to be read.
const MOST_UNANSWERED = 3;

/** Asks at each interval in which nothing was heard. Keeps no process alive. */
export function keepAlive(everyMs: number, { ask, lose }: Watched): KeepAlive {
  let heardAtMs = performance.now();
  let [isSilent, unanswered] = [false, 0];
  const timer = setInterval(() => {
    if (isSilent && unanswered === MOST_UNANSWERED) lose();
    else if (isSilent) {
      unanswered += 1;
      ask();
    }
    isSilent = true;
  }, everyMs).unref();
  return {
    heard() {
      heardAtMs = performance.now();
      [isSilent, unanswered] = [false, 0];
    },
    silentMs: () => performance.now() - heardAtMs,
    end: () => clearInterval(timer),
  };
}
