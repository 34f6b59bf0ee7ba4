/** How a tool is listed: its hints and schemas. Used when the registry is generated, so that listing loads nothing. */

import type { JsonObject, JsonValue, Operation, Workflow } from '@meshclaw/core';
import { z } from 'zod';
import { STATUSES } from './answer.js';
import type { Hints, ToolListing } from './registry.js';
import { type Tool, toolName } from './tool.js';

/** The listing of a tool of this package. */
export const listingOfTool = ({ id, title, description, uses, input, data }: Tool): ToolListing => ({
  name: toolName(id),
  title,
  description,
  inputSchema: inputSchema(input),
  outputSchema: answerSchema(data),
  annotations: hintsOf(uses, { changes: true }),
});

/** The listing of a workflow. */
export const listingOfWorkflow = ({ id, title, description, phase, uses, input, data }: Workflow): ToolListing => ({
  name: toolName(id),
  title,
  description,
  inputSchema: inputSchema(input),
  outputSchema: answerSchema(data),
  annotations: hintsOf(uses, { changes: phase === 'apply' }),
});

/** The four hints, from the classes of what may be performed; `changes` says whether anything but reads may be. */
export function hintsOf(uses: readonly Operation[], { changes }: { readonly changes: boolean }): Hints {
  const performed = changes ? uses.filter((operation) => operation.class !== 'read') : [];
  return {
    readOnlyHint: performed.length === 0,
    // `write` is what can be taken back or does no harm twice; everything else is shown as what may destroy.
    destructiveHint: performed.some((operation) => operation.class !== 'write'),
    idempotentHint: performed.every(({ change }) => change?.idempotent === true),
    openWorldHint: uses.length > 0,
  };
}

/** What a caller gives, before defaults are filled in. */
const inputSchema = (schema: z.ZodType): JsonObject =>
  portable(z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }) as JsonObject) as JsonObject;

const LIST: JsonObject = { type: 'array' };

/** The one shape of answers, with the tool's own `data` in it. What each of the lists holds is in the package's README. */
export function answerSchema(data: z.ZodType): JsonObject {
  const own = z.toJSONSchema(data, { io: 'output', target: 'draft-2020-12' }) as JsonObject;
  return {
    type: 'object',
    properties: {
      status: { type: 'string', enum: [...STATUSES] },
      data: bare(own),
      findings: LIST,
      problems: LIST,
      approvals: LIST,
      evidence: LIST,
      untrusted: { type: 'boolean' },
      sources: LIST,
    },
    required: ['status', 'problems', 'approvals', 'evidence', 'untrusted', 'sources'],
  };
}

/** Look-around and classes of Unicode are not in every client's regular expressions; the tool itself checks them anyway. */
const UNPORTABLE = /\(\?[=!<]|\\[pP]\{/;

/** A schema without the words that some clients do not understand or that say nothing. */
const portable = (schema: JsonValue): JsonValue =>
  rewritten(schema, (key, value, { siblings }) => {
    if (key === '$schema') return false;
    if (key === 'pattern') return siblings.format === undefined && !UNPORTABLE.test(String(value));
    return !(key === 'minimum' || key === 'maximum') || Math.abs(Number(value)) < Number.MAX_SAFE_INTEGER;
  });

/**
 * What an answer is described by. Its strings are escaped and masked after the data were checked, so limits of text
 * would lie; and whoever is given the list pays for every word.
 */
const SHAPE = ['type', 'properties', 'items', 'enum', 'const', 'anyOf', 'oneOf'];
/** How many objects deep an answer's data are described; what is further in is said to be an object. */
const MOST_DEPTH = 2;

/** A schema that says shapes alone. */
const bare = (schema: JsonValue): JsonValue =>
  rewritten(schema, (key, _, { depth }) => SHAPE.includes(key) && (key !== 'properties' || depth < MOST_DEPTH));

/** Where a keyword stands: among which others, and below how many objects. */
interface Place {
  readonly siblings: JsonObject;
  readonly depth: number;
}
type Keeps = (key: string, value: JsonValue, place: Place) => boolean;

/** Drops keywords, and never a property that happens to have a keyword's name. */
function rewritten(schema: JsonValue, keeps: Keeps, depth = 0): JsonValue {
  if (Array.isArray(schema)) return schema.map((item) => rewritten(item, keeps, depth));
  if (schema === null || typeof schema !== 'object') return schema;
  const siblings = schema as JsonObject;
  const kept = Object.entries(siblings).filter(([key, value]) => keeps(key, value, { siblings, depth }));
  return orNull(Object.fromEntries(kept.map(([key, value]) => [key, rewrittenKeyword(key, value, keeps, depth)])));
}

function rewrittenKeyword(key: string, value: JsonValue, keeps: Keeps, depth: number): JsonValue {
  if (key === 'default' || key === 'enum' || key === 'const' || key === 'required') return value;
  if (key !== 'properties') return rewritten(value, keeps, depth);
  const properties = Object.entries(value as JsonObject);
  return Object.fromEntries(properties.map(([name, one]) => [name, rewritten(one, keeps, depth + 1)]));
}

/** `anyOf: [something, null]` as one type with `null` beside it. */
function orNull(schema: JsonObject): JsonObject {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema;
  const [one, other] = anyOf as readonly JsonObject[];
  if (other?.type !== 'null' || typeof one?.type !== 'string' || 'enum' in one || 'const' in one) return schema;
  return { ...rest, ...one, type: [one.type, 'null'] };
}
