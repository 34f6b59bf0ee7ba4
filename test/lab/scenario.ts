/** A scenario: something that is wrong with a host, by name. One file in scenarios/ each, named as it is. */

import type { LabHost } from './host.js';

export interface Scenario {
  /** The file's name. */
  readonly name: string;
  /** What is the case once it has been played, with the exact names that a test may look for. */
  readonly brings: string;
  /** Resolves when it is the case. */
  play(host: LabHost): Promise<void>;
}

/** Defines a scenario; returns its argument, typed. */
export const defineScenario = (scenario: Scenario): Scenario => scenario;

/** Runs a script as root on the host; it has to succeed. */
export async function onHost(host: LabHost, script: string): Promise<string> {
  const { code, stdout, stderr } = await host.run(script);
  if (code !== 0) throw new Error(`${host.name}: exit code ${code}: ${stderr.trim()}`);
  return stdout;
}
