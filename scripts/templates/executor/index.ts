/** Reaches sample-name. Until it is filled in, every attempt answers `unreachable` and nothing is ever sent. */

import type { Executor } from '@meshclaw/core';
import { errAsync } from 'neverthrow';
import { z } from 'zod';

const settings = z.strictObject({});

/** The executor `sample-name`. Err kinds: `unreachable`. */
export function sampleName(): Executor<typeof settings> {
  return {
    contract: 'executor/v1',
    id: 'sample-name',
    performs: 'command',
    settings,
    open: () => errAsync({ kind: 'unreachable', message: 'sample-name does not reach anything yet' }),
  };
}
