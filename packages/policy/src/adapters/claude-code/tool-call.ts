/**
 * What Claude Code hands to a `PreToolUse` hook, and what each of its tools would do in the words of policy. Fields as
 * https://code.claude.com/docs/en/hooks describes them (read 2026-11-25).
 */

import type { AskedAction, JsonObject } from '@meshclaw/core';
import { z } from 'zod';

/** The fields that are used; Claude Code sends more, and more with each version. */
export const hookInput = z.object({
  hook_event_name: z.literal('PreToolUse'),
  tool_name: z.string().min(1).max(256),
  tool_input: z.record(z.string(), z.unknown()),
  cwd: z.string().startsWith('/').max(4_096),
  permission_mode: z.string().max(64).optional(),
});
export type HookInput = z.output<typeof hookInput>;

/** A call in the words of policy. Not `whole`: the call says more than is known here, so that a person has to look. */
export interface ReadCall {
  readonly action: AskedAction;
  readonly whole: boolean;
}

/** Absolute, as documented; one from another shell's words is none. */
const Path = z.string().min(1).max(4_096).regex(/^[^~]/);
const Some = z.unknown();

/**
 * Tools of Claude Code by name: what they say and the words of a program that does the same to files. Command text is judged as it
 * stands; a file tool as the program that reads or overwrites that path, so that one model of effects decides about both.
 */
const TOOLS: Readonly<Record<string, (input: HookInput) => ReadCall | undefined>> = {
  Bash: tool(
    z.object({ command: z.string().min(1) }),
    ['description', 'timeout', 'run_in_background'],
    ({ command }) => ['bash', '-c', command],
  ),
  Read: tool(z.object({ file_path: Path }), ['offset', 'limit', 'pages'], ({ file_path }, at) => [
    'cat',
    '--',
    at(file_path),
  ]),
  NotebookRead: tool(z.object({ notebook_path: Path }), ['cell_id'], ({ notebook_path }, at) => [
    'cat',
    '--',
    at(notebook_path),
  ]),
  LS: tool(z.object({ path: Path }), ['ignore'], ({ path }, at) => ['ls', '--', at(path)]),
  Grep: tool(
    z.object({ pattern: z.string(), path: Path.optional() }),
    ['output_mode', 'glob', 'type', 'head_limit', 'offset', 'multiline', '-i', '-n', '-A', '-B', '-C', '-o', 'context'],
    ({ pattern, path = '.' }, at) => ['rg', '-e', pattern, '--', at(path)],
  ),
  Write: tool(z.object({ file_path: Path, content: Some }), [], ({ file_path }, at) => ['tee', '--', at(file_path)]),
  Edit: tool(
    z.object({ file_path: Path, old_string: Some, new_string: Some }),
    ['replace_all'],
    ({ file_path }, at) => ['tee', '--', at(file_path)],
  ),
  MultiEdit: tool(z.object({ file_path: Path, edits: Some }), [], ({ file_path }, at) => ['tee', '--', at(file_path)]),
  NotebookEdit: tool(
    z.object({ notebook_path: Path, new_source: Some }),
    ['cell_id', 'cell_type', 'edit_mode'],
    ({ notebook_path }, at) => ['tee', '--', at(notebook_path)],
  ),
};

/** The action of a call; undefined for a tool that is not known here. Throws when a known tool's input is not what it takes. */
export const readCall = (input: HookInput): ReadCall | undefined =>
  Object.hasOwn(TOOLS, input.tool_name) ? TOOLS[input.tool_name]?.(input) : undefined;

function tool<Shape extends z.ZodRawShape>(
  takes: z.ZodObject<Shape>,
  harmless: readonly string[],
  argvOf: (input: z.output<z.ZodObject<Shape>>, at: (path: string) => string) => readonly string[],
): (input: HookInput) => ReadCall {
  const known = new Set([...Object.keys(takes.shape), ...harmless]);
  return ({ tool_name, tool_input, cwd }) => {
    const at = (path: string): string => (path.startsWith('/') ? path : `${cwd}/${path}`);
    const argv = argvOf(takes.parse(tool_input), at);
    const properties: JsonObject = { tool: tool_name, cwd };
    const action = { name: 'command.run', class: 'judged', argv, properties, resource: THIS_MACHINE } as const;
    return { action, whole: Object.keys(tool_input).every((key) => known.has(key)) };
  };
}

/** The name that every installation has for the machine it is on. */
const THIS_MACHINE = { type: 'server', id: 'localhost' } as const;
