/** Figures that a test measured, printed where whoever runs it reads them. */

/** Prints one figure in a line. */
export function figure(what: string): void {
  process.stdout.write(`figure: ${what}\n`);
}

/** Whether the long form of these tests was asked for by name: `script/test --long <name>`. */
export const isLong = (name: string): boolean => process.env.MESHCLAW_LONG === name;
