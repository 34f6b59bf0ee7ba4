/** Where the demo plays: a folder of its own, and the real command in it. */

import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quotedWord } from '../output/escape.js';
import type { Printer } from '../output/printer.js';

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
  meshclaw(words: readonly string[], expected: number, shows?: string): string;
  /** Runs the offline verifier, which knows nothing of this home. */
  verifier(words: readonly string[], expected: number, shows?: string): string;
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
  const play = (name: string, script: string, words: readonly string[], expected: number, shows?: string): string => {
    if (deviation) return '';
    const line = [name, ...words.map(quotedWord)].join(' ');
    printer.text(`\n  $ ${line}`);
    const { status, output } = runInto(join(folder, 'printed'), [script, ...words], folder);
    for (const shown of output.replace(/\n$/, '').split('\n')) printer.text(`  ${shown}`);
    const one = { line, code: status ?? -1, expected, output };
    played.push(one);
    const missing = shows !== undefined && !output.includes(shows) ? shows : undefined;
    printer.text(`  → exit code ${one.code}`);
    if (one.code !== expected || missing !== undefined) deviation = { played: one, missing };
    return output;
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
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Both streams go into one file, so that lines stay in the order in which they were printed. */
function runInto(path: string, argv: readonly string[], folder: string) {
  const file = openSync(path, 'w+');
  try {
    const { status } = spawnSync(process.execPath, argv, {
      cwd: folder,
      env: { ...process.env, MESHCLAW_HOME: join(folder, 'home') },
      stdio: ['ignore', file, file],
      timeout: STEP_MS,
    });
    return { status, output: readFileSync(path, 'utf8') };
  } finally {
    closeSync(file);
  }
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
