/** What the generated registry holds: enough to list workflows, show help and check input without loading one. */

import type { JsonObject, Phase, Workflow } from '@meshclaw/core';

/** A workflow by its metadata. `input` is JSON Schema (draft 2020-12) of what a caller gives. */
export interface WorkflowEntry {
  /** The folder's name, the command's name and, with underscores, the MCP tool's. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly phase: Phase;
  /** Names of the operations it may use. */
  readonly uses: readonly string[];
  /** Inputs that may be given by place on a command line, in order. */
  readonly positionals: readonly string[];
  /** One command line that works, without the program's name. */
  readonly example: string;
  readonly input: JsonObject;
  readonly load: () => Promise<Workflow>;
}
