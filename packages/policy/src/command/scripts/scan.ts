/** What a script of a little language was read to do. Whatever is not understood is unknown. */
export interface Scan {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Shell text that it starts programs with, where that is written out. */
  readonly commands: readonly string[];
  /** It starts programs. */
  readonly runs: boolean;
  /** It opens connections. */
  readonly network: boolean;
  readonly unknown: readonly string[];
}
