/** Tells a script's own words from what start-up files of the account print before them. */

/** What is between the account and the command: everything up to the script's line is noise. */
export interface MarkedStream {
  add(chunk: Buffer): void;
  /** Bytes before the line; they belong to nobody. */
  noise(): number;
}

// The longest thing a script says is a word and a process id.
const LONGEST_WORD = 64;

/** Looks for the first line `@@<mark> …`, tells its words once, and hands on every byte after it. */
export function markedStream(mark: string, said: (words: string) => void, rest: (chunk: Buffer) => void): MarkedStream {
  const start = Buffer.from(`\n@@${mark} `);
  let waiting: Buffer | undefined = Buffer.alloc(0);
  let noise = 0;
  return {
    noise: () => noise,
    add(chunk) {
      if (waiting === undefined) return rest(chunk);
      waiting = Buffer.concat([waiting, chunk]);
      const at = waiting.indexOf(start);
      const end = at === -1 ? -1 : waiting.indexOf(10, at + start.length);
      if (end === -1) {
        const kept = waiting.subarray(at === -1 ? Math.max(0, waiting.length - start.length) : at);
        noise += waiting.length - kept.length;
        // A line that does not end is no line of ours.
        waiting = Buffer.from(kept.length > start.length + LONGEST_WORD ? kept.subarray(start.length) : kept);
        return;
      }
      noise += at;
      const after = waiting.subarray(end + 1);
      said(waiting.toString('latin1', at + start.length, end));
      waiting = undefined;
      if (after.length > 0) rest(after);
    },
  };
}
