/** Tests that cannot run everywhere. */

import { it } from 'vitest';

/** Declares a test that is skipped, with that reason, where there is one. */
export function itUnless(reason: string | undefined) {
  return (title: string, test: () => Promise<void>): void => {
    it(title, async (context) => (reason === undefined ? test() : context.skip(reason)));
  };
}
