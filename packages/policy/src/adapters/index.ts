/** Policy before what others run: any function, tools of the Vercel AI SDK, tool calls of Claude Code. */

export { type GuardedTool, type GuardToolsOptions, guardTools, type ToolsError } from './ai-sdk.js';
export { type HookAnswer, type HookOptions, hookAnswer } from './claude-code/hook.js';
export { type Decide, decideWith } from './decide.js';
export { type GuardError, type GuardOptions, guard } from './guard.js';
export { refusalText } from './refusal-text.js';
