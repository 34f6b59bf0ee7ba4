/** Keeps stdout for one user: a protocol that a stray line would break. */

export interface KeptStdout {
  /** The real stdout, for whoever it is kept for. */
  readonly output: typeof process.stdout;
  release(): void;
}

/** From now on, what anybody else writes to `process.stdout` (a library's `console.log` too) goes to `instead`. */
export function keepStdout(instead: (text: string) => void): KeptStdout {
  const { stdout } = process;
  const write = stdout.write;
  const real = write.bind(stdout);
  stdout.write = ((chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    instead(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    const written = rest.find((one) => typeof one === 'function');
    if (written !== undefined) queueMicrotask(written as () => void);
    return true;
  }) as typeof write;
  const output = new Proxy(stdout, {
    get: (target, key) => {
      if (key === 'write') return real;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    output,
    release: () => {
      stdout.write = write;
    },
  };
}
