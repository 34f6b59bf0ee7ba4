/** MeshClaw's MCP server: tools generated from its workflows and a few more. Nothing in it can approve. */

export { type Answer, type AnswerProblem, type AnswerStatus, STATUSES } from './answer.js';
export { type Served, type ServeOptions, serve } from './register.js';
export type { Hints, ToolListing } from './registry.js';
export { type CallOptions, createToolbox, type Toolbox, type ToolboxParts } from './toolbox.js';
