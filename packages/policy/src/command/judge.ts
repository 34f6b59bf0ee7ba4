/** States the facts of a command: what it would do, as far as its words alone tell. Nothing is run and nothing is allowed here. */

import type { CommandFacts, JsonObject } from '@meshclaw/core';
import { exactArgument } from './argument.js';
import { hasUnseen, MOST_BYTES, textProblem } from './characters.js';
import { gather, unparsedFacts } from './gather.js';
import { createMarker, pathLists } from './marks.js';
import { readModels } from './model.js';
import { HOME } from './pattern.js';
import { runInner } from './run-words.js';
import { type Flow, type Found, NOTHING, type Scope } from './scope.js';
import { parseShell } from './syntax.js';
import { walkScript } from './walk.js';
import { MOST_STEPS, spend, stepsOfScript, TOO_COMPLEX, type Work } from './work.js';

const UNREAD = 'it could not be read';

/** States the facts of words that would run in a folder (the login's home where none is named). Never throws. */
export type Judge = (argv: readonly string[], folder?: string) => CommandFacts;

/** For tests and measurements: another bound than the policy's, and what a command took. */
export interface JudgeOptions {
  readonly mostSteps?: number;
  readonly onSteps?: (steps: number) => void;
}

/** Makes a judge of models and the lists of a policy. Throws when either is not whole. */
export function createJudge(
  models: readonly unknown[],
  parameters: JsonObject,
  { mostSteps = MOST_STEPS, onSteps }: JudgeOptions = {},
): Judge {
  const read = readModels(models);
  const marker = createMarker(pathLists(parameters));
  return (argv, folder = HOME) => {
    const shell = shellOf(argv);
    const found = nothingFound();
    const work: Work = { steps: 0, most: mostSteps };
    const scope: Scope = {
      ...{ models: read, marker, found, chain: [], privilege: 'login', depth: 0 },
      ...{ functions: new Set(), assigned: new Map(), work },
    };
    const flow: Flow = { folders: [folder], before: undefined };
    try {
      const problem = shell === undefined ? judgeWords(argv, scope, flow) : judgeText(argv[2] ?? '', scope, flow);
      return problem === undefined ? gather(shell ?? null, found) : unparsedFacts(shell ?? null, problem);
    } catch (cause) {
      // A defect here denies, as everything unread does.
      return unparsedFacts(shell ?? null, cause === TOO_COMPLEX ? 'more complex than anybody reads' : UNREAD);
    } finally {
      onSteps?.(work.steps);
    }
  };
}

/** `sh -c text` and `bash -c text` are that text, in that shell. */
function shellOf([program, option, text, ...more]: readonly string[]): 'sh' | 'bash' | undefined {
  if (option !== '-c' || text === undefined || more.length > 0) return undefined;
  const name = /^(?:\/(?:usr\/)?bin\/)?(sh|bash)$/.exec(program ?? '')?.[1];
  return name === 'sh' || name === 'bash' ? name : undefined;
}

const nothingFound = (): Found => ({
  ...{ programs: [], dynamic: new Set(), obscured: new Set(), environment: [], wild: 0 },
  ...{ downloaded: new Set(), generated: new Set(), substituted: new Map() },
  ...{ marked: new Map(), stated: new Map() },
});

function judgeText(text: string, scope: Scope, flow: Flow): string | undefined {
  const problem = textProblem(text);
  if (problem !== undefined) return problem;
  spend(scope.work, stepsOfScript(text));
  const script = parseShell(text);
  if (script === undefined) return 'not a whole script';
  if (script.commands.length === 0) return 'empty';
  walkScript(script, NOTHING, scope, flow);
  return undefined;
}

/** Words that no shell reads are what they are, whatever is in them. */
function judgeWords(argv: readonly string[], scope: Scope, flow: Flow): string | undefined {
  if (argv.length === 0) return 'empty';
  if (argv.reduce((sum, word) => sum + Buffer.byteLength(word) + 1, 0) > MOST_BYTES) return 'longer than 16 KiB';
  if (!argv.every((word) => word.isWellFormed())) return 'not well-formed Unicode';
  runInner(argv.map(exactArgument), NOTHING, scope, flow);
  const [program] = scope.found.programs;
  if (argv.slice(1).some(hasUnseen)) program?.unknown.push('characters that cannot be seen');
  return undefined;
}
