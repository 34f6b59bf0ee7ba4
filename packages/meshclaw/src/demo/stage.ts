/** Where the demo plays: a folder of its own, and the real command in it. */

import { spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JsonObject, visible } from '@meshclaw/core';
import { EXIT } from '../cli/exit-code.js';
import { quotedWord } from '../output/escape.js';
import type { Printer } from '../output/printer.js';
import { callTool } from './call-tool.js';

/** One command line as it was run. */
export interface Played {
  readonly line: string;
  readonly code: number;
  readonly expected: number;
  readonly output: string;
}
/** A step that went another way than the story says. */
export interface Deviation {
  readonly played: Played;
  readonly missing: string | undefined;
}
export interface Stage {
  readonly folder: string;
  readonly played: readonly Played[];
  /** The first deviation; everything after it is not played. */
  readonly deviation: Deviation | undefined;
  say(text: string): void;
  path(name: string): string;
  /** Runs the real command as an agent without a terminal would; its output is shown and answered. */
  meshclaw(words: readonly string[], expected: number, shows?: string): Promise<string>;
  /** Runs the offline verifier, which knows nothing of this home. */
  verifier(words: readonly string[], expected: number, shows?: string): Promise<string>;
  /** Calls one tool of the real MCP server, as an AI client does; its answer is shown and answered. */
  mcp(tool: string, input: JsonObject, status: string): Promise<string>;
  /** Takes everything away again. */
  clear(): void;
}

/** No step takes a tenth of this. */
const STEP_MS = 120_000;

/** Makes the stage in a new folder below the temporary one. */
export function createStage(printer: Printer): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-demo-'));
  const played: Played[] = [];
  let deviation: Deviation | undefined;
  const keep = (one: Played, shows: string | undefined): string => {
    played.push(one);
    const missing = shows !== undefined && !one.output.includes(shows) ? shows : undefined;
    if (one.code !== one.expected || missing !== undefined) deviation = { played: one, missing };
    return one.output;
  };
  const play = async (name: string, script: string, words: readonly string[], expected: number, shows?: string) => {
    if (deviation) return '';
    const line = [name, ...words.map(quotedWord)].join(' ');
    printer.text(`\n  $ ${line}`);
    const { code, output } = await runInto(join(folder, 'printed'), [script, ...words], folder);
    for (const shown of output.replace(/\n$/, '').split('\n')) printer.text(`  ${shown}`);
    printer.text(`  → exit code ${code}`);
    return keep({ line, code, expected, output }, shows);
  };
  const call = async (tool: string, input: JsonObject, status: string) => {
    if (deviation) return '';
    const line = `MCP tools/call ${tool} ${JSON.stringify(input)}`;
    printer.text(`\n  > ${line}`);
    const output = await callTool([process.execPath, ownEntry(), 'mcp'], environmentOf(folder), tool, input);
    for (const shown of output.split('\n')) printer.text(`  ${visible(shown)}`);
    return keep({ line, code: EXIT.fine, expected: EXIT.fine, output }, `"status": "${status}"`);
  };
  return {
    folder,
    played,
    get deviation() {
      return deviation;
    },
    say: (text) => (deviation ? undefined : printer.text(`\n${text}`)),
    path: (name) => join(folder, name),
    meshclaw: (words, expected, shows) => play('meshclaw', ownEntry(), words, expected, shows),
    verifier: (words, expected, shows) => play('meshclaw-evidence', verifierEntry(), words, expected, shows),
    mcp: call,
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const environmentOf = (folder: string) => ({ ...process.env, MESHCLAW_HOME: join(folder, 'home') });

/** Both streams go into one file, so that lines stay in the order in which they were printed. */
async function runInto(path: string, argv: readonly string[], folder: string) {
  const file = openSync(path, 'w+');
  try {
    const child = spawn(process.execPath, argv, {
      cwd: folder,
      env: environmentOf(folder),
      stdio: ['ignore', file, file],
      timeout: STEP_MS,
    });
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (ended) => resolve(ended ?? -1));
    });
    return { code, output: readFileSync(path, 'utf8') };
  } finally {
    closeSync(file);
  }
}

/** The approval and the plan that an answer names. */
export const idsIn = (printed: string) => ({
  approval: /appr-[0-9a-z]+/.exec(printed)?.[0] ?? '',
  plan: /plan-[0-9a-z]+/.exec(printed)?.[0] ?? '',
});

/** What the command says is one thing; what the file is, another. */
export function expectMode(stage: Stage, file: string, mode: number): void {
  const found = (statSync(file).mode & 0o777).toString(8);
  if (found !== mode.toString(8)) throw new Error(`the file has mode ${found}, not ${mode.toString(8)}`);
  stage.say(`   (the file now has mode ${found})`);
}

/** A file for the demo to work on. */
export function writeDemoFile(path: string, text: string, mode: number): void {
  writeFileSync(path, text);
  chmodSync(path, mode); // whatever the umask says
}

/** This very command: the file that Node was started with. */
const ownEntry = (): string => process.argv[1] ?? '';

function verifierEntry(): string {
  const manifest = fileURLToPath(import.meta.resolve('@meshclaw/evidence/package.json'));
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly bin: Record<string, string> };
  return join(dirname(manifest), bin['meshclaw-evidence'] ?? '');
}
