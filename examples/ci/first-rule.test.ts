/** The guide "Write your first rule" works as it is typed, and prints what it says. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createShell, type Shell } from './shell.js';

const guide = new URL('../../docs/guides/write-your-first-rule.md', import.meta.url);
const RULE = 'policies/rules/file/plain_mode/plain_mode';
let shell: Shell;
beforeEach(async () => {
  shell = await createShell();
});
afterEach(() => shell.remove());

type Block =
  | { readonly kind: 'rego'; readonly path: string; readonly text: string }
  | { readonly kind: 'sh'; readonly text: string };

/** Code in its order; the path of a file is the last one that was named before it. */
function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(sh|rego)\n(.*?)^```$/gms)].map(({ 1: kind, 2: text = '', index }): Block => {
    if (kind === 'sh') return { kind, text };
    const path = [...markdown.slice(0, index).matchAll(/`(\S+\.rego)`/g)].at(-1)?.[1] ?? '';
    return { kind: 'rego', path, text };
  });
}
/** Commands of a block with what they print and how they end; without `$` the whole block is typed, and nothing is said. */
function commandsOf(text: string) {
  if (!text.startsWith('$ ')) return [{ command: text, output: undefined, code: 0 }];
  return text
    .split(/^\$ /m)
    .filter((part) => part !== '')
    .map((part) => {
      const [line = '', ...output] = part.split('\n');
      const code = Number(/# exit code (\d)$/.exec(line)?.[1] ?? 0);
      return { command: line, output: output.join('\n').trimEnd(), code };
    });
}
/** `…` stands for the rest of a line, or on a line of its own for the rest of the output. */
function expectOutput(printed: string, output: string): void {
  const wanted = output.split('\n');
  const lines = printed.trimEnd().split('\n');
  const open = wanted.at(-1) === '…';
  if (!open) expect(lines).toHaveLength(wanted.length);
  for (const [index, line] of (open ? wanted.slice(0, -1) : wanted).entries()) {
    if (line.endsWith('…'))
      expect(lines[index]?.startsWith(line.slice(0, -1)), `${lines[index]} begins with ${line}`).toBe(true);
    else expect(lines[index]).toBe(line);
  }
}

test('every command prints what the guide says', { timeout: 180_000 }, async () => {
  const blocks = blocksOf(await readFile(guide, 'utf8'));
  expect(blocks.length).toBeGreaterThan(7);
  for (const block of blocks) {
    if (block.kind === 'rego') {
      await mkdir(dirname(join(shell.folder, block.path)), { recursive: true });
      await writeFile(join(shell.folder, block.path), block.text);
      continue;
    }
    for (const { command, output, code } of commandsOf(block.text)) {
      const ended = shell.run(command);
      expect(ended, command).toMatchObject({ code });
      if (output !== undefined) expectOutput(ended.stdout, output);
    }
  }
});

test('the rule of the guide is the one of this example, word for word', async () => {
  const files = blocksOf(await readFile(guide, 'utf8')).filter((block) => block.kind === 'rego');
  expect(files.map(({ path }) => path)).toEqual([`${RULE}.rego`, `${RULE}_test.rego`]);
  for (const { path, text } of files) expect(text).toBe(await readFile(new URL(path, import.meta.url), 'utf8'));
});
