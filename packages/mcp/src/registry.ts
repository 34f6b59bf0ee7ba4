/** What the generated registry holds: enough to list every tool without loading zod, a tool or a workflow. */

import type { JsonObject } from '@meshclaw/core';
import type { Tool } from './tool.js';

/** Advice to clients, as MCP defines it; never what keeps anything safe. */
export interface Hints {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}
/** A tool as it is listed. Schemas are JSON Schema of the dialect 2020-12, kept to words that older clients know too. */
export interface ToolListing {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
  readonly annotations: Hints;
}
/** A tool of this package. */
export interface ToolEntry {
  readonly id: string;
  readonly listing: ToolListing;
  readonly load: () => Promise<Tool>;
}
/** A workflow as a tool; its body is loaded from the registry of workflows. */
export interface WorkflowToolEntry {
  /** The workflow's. */
  readonly id: string;
  readonly listing: ToolListing;
}
