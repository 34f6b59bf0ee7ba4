/** `meshclaw hook claude-code`: decides one tool call of Claude Code before it happens. Every way out but an answer blocks the call. */

import { hookAnswer } from '@meshclaw/policy/adapters';
import { defineCommand } from '../../cli/command.js';
import { decideCalls } from '../../cli/decide-calls.js';
import { EXIT, type ExitCode } from '../../cli/exit-code.js';
import { readAll } from '../../cli/read-stdin.js';
import { detailOf } from '../../errors.js';
import { agentOf, surroundings } from '../../home/who-asks.js';
import type { Printer } from '../../output/printer.js';

/** A written file is part of the call; more than this nobody writes at once. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Claude Code lets a call through when its hook takes too long (600 s by itself), so that this one never does. */
const DEADLINE_MS = 45_000;

export const command = defineCommand({
  name: 'hook claude-code',
  summary: 'Decide a tool call of Claude Code: a PreToolUse hook, for its settings.json',
  description:
    'Reads the call on stdin and answers allow, ask or deny as JSON. What is denied, cannot be read or cannot be decided ends with exit code 2, with which Claude Code blocks the call and shows stderr to the model. In settings.json write "meshclaw hook claude-code || exit 2", so that a command that cannot even start blocks too. Decisions are kept as evidence where there is a home.',
  positionals: [],
  options: [{ name: 'never-ask', description: 'deny what a person would be asked about at the prompt' }],
  example: 'hook claude-code',
  async run(args, { home, printer }) {
    const subject = agentOf(surroundings().osUser, 'claude-code');
    const answer = async (): Promise<ExitCode> => {
      const text = await readAll(process.stdin, MOST_BYTES);
      if (text === undefined) return blocked(printer, 'the call is longer than can be judged');
      const asks = !args.flag('never-ask');
      const answered = await decideCalls(home, subject, (decide) => hookAnswer(text, { decide, asks }));
      if (answered.isErr()) {
        const { message, ...more } = answered.error;
        return blocked(printer, 'detail' in more ? `${message}: ${more.detail}` : message);
      }
      const { permissionDecision, permissionDecisionReason: why } = answered.value.hookSpecificOutput;
      printer.line(answered.value);
      return permissionDecision === 'deny' ? blocked(printer, why) : EXIT.fine;
    };
    const late = new AbortController();
    try {
      return await Promise.race([answer(), deadline(printer, late.signal)]);
    } catch (cause) {
      return blocked(printer, detailOf(cause));
    } finally {
      late.abort();
    }
  },
});

/** Exit code 2 is the one with which Claude Code blocks; with any other that is not 0 the call goes on. */
function blocked(printer: Printer, why: string): ExitCode {
  printer.note(why.startsWith('meshclaw:') ? why : `meshclaw: ${why}, so the call is not allowed`);
  return EXIT.usage;
}

const deadline = (printer: Printer, over: AbortSignal): Promise<ExitCode> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(blocked(printer, 'no decision in time')), DEADLINE_MS);
    over.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
