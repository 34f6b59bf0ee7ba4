/** Test outcomes as JUnit cases. */

import type { JunitCase } from '../report/junit.js';
import type { PolicyTest } from './run-tests.js';

/** One case a test, under its package. An errored test failed; a skipped one is said to be. */
export const junitTests = (tests: readonly PolicyTest[]): readonly JunitCase[] =>
  tests.map(({ package: suite, name, file, row, durationMs, outcome, details }) => ({
    suite: suite.replace(/^data\./, ''),
    name,
    file,
    line: row,
    seconds: durationMs / 1_000,
    ...(outcome === 'failed' || outcome === 'errored'
      ? { failure: { message: `the test ${outcome}`, text: details.join('\n') } }
      : {}),
    ...(outcome === 'skipped' ? { skipped: 'todo' } : {}),
  }));
