import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { root } from './files.js';

const fixture = fileURLToPath(new URL('./__fixtures__/single-door.ts', import.meta.url));
const MARK = '@ts-expect-error';

describe('the one door', () => {
  it('is closed by the compiler to each attempt, with the error that is meant', { timeout: 120_000 }, () => {
    const text = readFileSync(fixture, 'utf8');
    const attempts = text.split('\n').flatMap((line, at) => {
      const code = new RegExp(`// ${MARK} (TS\\d+) `).exec(line)?.[1];
      return code === undefined ? [] : [`line ${at + 2}: ${code}`];
    });
    expect(attempts.length).toBeGreaterThan(30);
    expect(attempts).toHaveLength(text.split(`// ${MARK}`).length - 1);
    expect(errorsOf(text.replaceAll(MARK, '~'.repeat(MARK.length)))).toEqual(attempts);
  });
});

/** Compiles the fixture with its marks taken out, against the sources of core. */
function errorsOf(text: string): readonly string[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.lint.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === fixture ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2023) : read(name, ...rest);
  const program = ts.createProgram([fixture], options, host);
  const source = program.getSourceFile(fixture);
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return found.map(({ code, start = 0 }) => `line ${lineAt(text, start)}: TS${code}`);
}

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length;
