/** The AI SDK's own approval of one tool call, as it stands in the messages that the SDK hands to the tool. */

import { canonicalJson, type JsonValue } from '@meshclaw/core';
import { z } from 'zod';

const part = z.union([
  z.object({ type: z.literal('tool-call'), toolCallId: z.string(), input: z.json() }),
  z.object({ type: z.literal('tool-approval-request'), toolCallId: z.string(), approvalId: z.string() }),
  z.object({ type: z.literal('tool-approval-response'), approvalId: z.string(), approved: z.boolean() }),
]);
const message = z.object({ role: z.string(), content: z.array(z.unknown()) });
type Part = z.output<typeof part>;

/**
 * Whether a person said yes to this call with this input, and nobody said no. The messages are as trustworthy as who sends them:
 * an application that takes them from a browser signs them (`experimental_toolApprovalSecret`).
 */
export function isApprovedInApp(
  { toolCallId, messages }: { readonly toolCallId: string; readonly messages: unknown },
  input: unknown,
): boolean {
  const parts = partsOf(messages);
  const calls = parts.filter((one) => one.type === 'tool-call').filter((one) => one.toolCallId === toolCallId);
  const asked = parts
    .filter((one) => one.type === 'tool-approval-request')
    .filter((one) => one.toolCallId === toolCallId)
    .map(({ approvalId }) => approvalId);
  const answers = parts
    .filter((one) => one.type === 'tool-approval-response')
    .filter(({ approvalId }) => asked.includes(approvalId));
  const sameInput = calls.length > 0 && calls.every((call) => same(call.input, input));
  return sameInput && answers.length > 0 && answers.every(({ approved }) => approved);
}

function partsOf(messages: unknown): readonly Part[] {
  if (!Array.isArray(messages)) return [];
  return messages.flatMap((one) => {
    const read = message.safeParse(one);
    return read.success ? read.data.content.flatMap((raw) => part.safeParse(raw).data ?? []) : [];
  });
}

function same(one: JsonValue, other: unknown): boolean {
  try {
    return canonicalJson(one) === canonicalJson(other as JsonValue);
  } catch {
    return false;
  }
}
