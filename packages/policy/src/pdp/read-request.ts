/** From what an engine asks to the text that is evaluated: checked, and for judged operations with the facts of the command. */

import {
  type DecisionRequest,
  type JsonObject,
  type JsonValue,
  type OperationClass,
  sha256Hex,
  toWireRequest,
  type WireRequest,
  wireRequestSchema,
} from '@meshclaw/core';
import { classOf, createJudge, type Judge } from '../command/index.js';
import { copyInput, textOf } from './check-input.js';

/** A question that can be put to a policy: the exact text, its digest, and what of it the evaluator itself looks at. */
export interface CheckedRequest {
  readonly id: string;
  readonly text: string;
  readonly digest: string;
  readonly class: WireRequest['action']['class'];
  /** Whether the class was stated here, from the words that would run. */
  readonly judged: boolean;
}
/** The checked question, or why there is none. */
export type ReadRequest = CheckedRequest | { readonly id: string; readonly problem: string };

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

/** Whatever a request holds is read once, into a copy: a value that is another one each time cannot be judged as one thing and evaluated as another. */
function readRequest(
  request: DecisionRequest,
  isJudged: (name: string) => boolean,
  judge: Judge | undefined,
): ReadRequest {
  let id = '';
  try {
    const copied = copyInput(toWireRequest(request));
    if ('problem' in copied) return { id: idOf(request), ...copied };
    const asked = copied.value as JsonObject;
    if (typeof asked.request_id === 'string') id = asked.request_id;
    const action = asked.action as JsonObject;
    // Class and facts of command text are never the asker's to say.
    if (Object.hasOwn(action, 'command')) return { id, problem: 'action.command: facts are stated, not sent' };
    const judged = judge !== undefined && isJudged(String(action.name));
    if (judged && action.class !== 'judged') return { id, problem: 'action.class: this operation is judged' };
    const whole = judged ? { ...asked, action: { ...action, ...stated(action, judge) } } : asked;
    const parsed = wireRequestSchema.safeParse(whole);
    if (!parsed.success) return { id, problem: parsed.error.issues.map(({ path }) => path.join('.')).join(', ') };
    const checked = textOf(whole as JsonObject);
    if ('problem' in checked) return { id, ...checked };
    return { id, text: checked.text, digest: sha256Hex(checked.text), class: parsed.data.action.class, judged };
  } catch {
    return { id, problem: 'not a request' };
  }
}

/** For a denial to name its question; a request that is none may have any value there. */
const idOf = ({ requestId }: { readonly requestId?: unknown }): string =>
  typeof requestId === 'string' && requestId.isWellFormed() ? requestId.slice(0, 256) : '';

/** Class and facts. Without words nothing is known, and nothing milder than a write. */
function stated(
  { argv, properties }: JsonObject,
  judge: Judge,
): { readonly class: OperationClass; readonly command?: JsonValue } {
  if (argv === undefined) return { class: 'write' };
  const { cwd } = properties as JsonObject;
  const command = judge(argv as readonly string[], typeof cwd === 'string' ? cwd : undefined);
  return { class: classOf(command), command: command as unknown as JsonValue };
}
