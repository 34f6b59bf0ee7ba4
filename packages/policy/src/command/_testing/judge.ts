/** The shipped judge, for tests of what is stated about a command. */

import type { CommandFacts, JsonObject } from '@meshclaw/core';
import type { PolicyBundle } from '../../bundle/bundle.js';
import { loadShippedBundle } from '../../bundle/shipped.js';
import { createJudge, type Judge } from '../judge.js';

const { programs, parameters } = (loadShippedBundle() as PolicyBundle).data.meshclaw as JsonObject;

/** States the facts of words. */
export const judgeWords: Judge = createJudge(programs as unknown[], parameters as JsonObject);

/** States the facts of shell text. */
export const judgeText = (text: string, shell: 'sh' | 'bash' = 'sh', folder?: string): CommandFacts =>
  judgeWords([shell, '-c', text], folder);

/** `<kind> <path or target>` of every effect, in order. */
export const effectsOf = ({ programs: found }: CommandFacts): readonly string[] =>
  found.flatMap(({ effects }) => effects.map(({ kind, path, target }) => `${kind} ${path ?? target}`));
