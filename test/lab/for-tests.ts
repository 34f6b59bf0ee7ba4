/** A lab for the tests of one file: started before the first, removed after the last. Where there can be none, each test says why it is skipped. */

import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { LabHost } from './host.js';
import { whyNoLab } from './needs.js';
import { type Lab, startLab } from './start-lab.js';

/** Making the base image is part of the first start. */
const MOST_START_MS = 300_000;

export interface LabForTests {
  readonly lab: Lab;
  /** Whether there is one, for what a file sets up before its tests. */
  readonly isThere: boolean;
  /** Host K, from 1. */
  host(number: number): LabHost;
}

/** Call it at the top of a test file. */
export function useLab(hosts: number): LabForTests {
  const why = whyNoLab();
  let lab: Lab | undefined;
  beforeAll(async () => {
    if (why === undefined) lab = await startLab({ hosts });
  }, MOST_START_MS);
  afterAll(() => lab?.stop());
  beforeEach((context) => {
    if (why !== undefined) context.skip(why);
  });
  const started = (): Lab => {
    if (lab === undefined) throw new Error('the lab has not started');
    return lab;
  };
  return {
    isThere: why === undefined,
    get lab() {
      return started();
    },
    host: (number) => {
      const found = started().hosts[number - 1];
      if (found === undefined) throw new Error(`the lab has no host ${number}`);
      return found;
    },
  };
}
