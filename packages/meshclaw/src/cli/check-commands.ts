/** Questions about command text, without a home: decided as `run` and the MCP tools are, by the same policy. */

import type { CommandFacts, Decision } from '@meshclaw/core';
import { denyBecause, type Policy } from '@meshclaw/policy';
import { namedSubject } from './named-subject.js';

/** Text in a shell that somebody would run somewhere. */
export interface CommandQuestion {
  readonly id: string;
  readonly text: string;
  readonly shell: 'sh' | 'bash';
  readonly subject: string;
  readonly server: string;
}
/** A decision with the facts it was made on; none where the line was no question. */
export interface AnsweredCommand {
  readonly id: string;
  readonly decision: Decision;
  readonly facts?: CommandFacts;
}

/** Decides one. The words are those that `command.run` hands to an executor. */
export async function decideCommand(policy: Policy, question: CommandQuestion): Promise<AnsweredCommand> {
  const { id, text, shell, subject, server } = question;
  const argv = [shell, '-c', text];
  const decision = await policy.decide({
    requestId: id === '' ? 'command' : id,
    subject: namedSubject(subject),
    action: { name: 'command.run', class: 'judged', properties: { text, shell }, argv },
    resource: { type: 'server', id: server, properties: {}, facts: {} },
    context: {
      now: new Date().toISOString(),
      mode: 'check',
      surface: 'cli',
      freeze: false,
      exposed: false,
      recent: { 'command.run': 0 },
    },
  });
  return { id, decision, facts: policy.commandFacts(argv) };
}

/** Decides a line `{id, command}`; one that is none is a deny, and stops nothing. */
export async function decideLine(
  policy: Policy,
  line: string,
  about: Omit<CommandQuestion, 'id' | 'text'>,
): Promise<AnsweredCommand> {
  const { id, command, problem } = readLine(line);
  if (command !== undefined) return decideCommand(policy, { ...about, id, text: command });
  const measured = { requestId: id, policyDigest: policy.digest, inputDigest: '', durationMs: 0 };
  return { id, decision: denyBecause('policy.invalid_request', measured, problem) };
}

function readLine(line: string): { readonly id: string; readonly command?: string; readonly problem: string } {
  const problem = 'a line is {"id": text, "command": text}';
  try {
    const value = JSON.parse(line) as { readonly id?: unknown; readonly command?: unknown } | null;
    const id = typeof value?.id === 'string' ? value.id : '';
    const isWhole = id !== '' && typeof value?.command === 'string' && Object.keys(value).length === 2;
    return { id, problem, ...(isWhole ? { command: String(value.command) } : {}) };
  } catch {
    return { id: '', problem };
  }
}

/** As one line of JSON. */
export const answerData = ({ id, decision, facts }: AnsweredCommand) => ({
  id,
  effect: decision.effect,
  class: decision.class,
  reasons: decision.reasons,
  effects: (facts?.programs ?? []).flatMap(({ name, chain, effects, unknown }) => [
    ...effects.map((effect) => ({ program: name, chain, ...effect })),
    ...unknown.map((what) => ({ program: name, chain, kind: 'unknown', via: what })),
  ]),
  ...(decision.alternative === undefined ? {} : { alternative: decision.alternative }),
});
