/** From what an engine asks to the text that is evaluated: checked, and for judged operations with the facts of the command. */

import {
  type DecisionRequest,
  type JsonObject,
  type JsonValue,
  type OperationClass,
  toWireRequest,
  wireRequestSchema,
} from '@meshclaw/core';
import { classOf, createJudge, type Judge } from '../command/index.js';
import { checkInput } from './check-input.js';

/** The exact text to evaluate, or why there is none. */
export type ReadRequest = { readonly id: string } & ({ readonly text: string } | { readonly problem: string });

/** Makes the reader of requests for one policy. Throws when its models or lists are not whole and something is judged by them. */
export function createReadRequest(
  data: JsonObject,
  programs: JsonValue | undefined,
): (request: DecisionRequest) => ReadRequest {
  const { operations = {}, parameters = {} } = data as Record<string, JsonObject>;
  const isJudged = (name: string): boolean =>
    Object.hasOwn(operations, name) && (operations[name] as JsonObject).class === 'judged';
  const judges = Object.keys(operations).some(isJudged);
  const judge = judges ? createJudge(Array.isArray(programs) ? programs : [], parameters) : undefined;
  return (request) => readRequest(request, isJudged, judge);
}

function readRequest(
  request: DecisionRequest,
  isJudged: (name: string) => boolean,
  judge: Judge | undefined,
): ReadRequest {
  let id = '';
  try {
    if (typeof request.requestId === 'string') id = request.requestId;
    const { action } = request;
    // Class and facts of command text are never the asker's to say.
    if (Object.hasOwn(action, 'command')) return { id, problem: 'action.command: facts are stated, not sent' };
    const judged = judge !== undefined && isJudged(action.name);
    if (judged && action.class !== 'judged') return { id, problem: 'action.class: this operation is judged' };
    const wire = toWireRequest(judged ? { ...request, action: { ...action, ...stated(action, judge) } } : request);
    const checked = checkInput(wire);
    if ('problem' in checked) return { id, ...checked };
    const parsed = wireRequestSchema.safeParse(wire);
    if (parsed.success) return { id, text: checked.text };
    return { id, problem: parsed.error.issues.map(({ path }) => path.join('.')).join(', ') };
  } catch {
    return { id, problem: 'not a request' };
  }
}

/** Class and facts. Without words nothing is known, and nothing milder than a write. */
function stated(
  { argv, properties }: DecisionRequest['action'],
  judge: Judge,
): { readonly class: OperationClass; readonly command?: ReturnType<Judge> } {
  if (argv === undefined) return { class: 'write' };
  const command = judge(argv, typeof properties.cwd === 'string' ? properties.cwd : undefined);
  return { class: classOf(command), command };
}
