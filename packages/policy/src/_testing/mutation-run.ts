/** Puts mutants to the tests beside them: what no test notices is a gap in the tests. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Rego, SourceFile } from '@meshclaw/rego';
import { moduleTree } from '../tools/lint/syntax.js';
import { type Mutant, mutantsOf } from './mutants.js';

const root = fileURLToPath(new URL('../../../../policies/', import.meta.url));

/** A mutant with its file. */
export interface PlacedMutant extends Mutant {
  readonly file: string;
}
export type Fate = 'killed' | 'survived' | 'invalid';

/** Every Rego file of the base policy. */
export const baseFiles = (): readonly SourceFile[] =>
  readdirSync(`${root}meshclaw`, { recursive: true })
    .map((path) => `meshclaw/${String(path)}`)
    .filter((path) => path.endsWith('.rego'))
    .sort()
    .map((path) => ({ path, text: readFileSync(root + path, 'utf8') }));

/** Every mutant of every module that has tests. */
export async function allMutants(rego: Rego, files: readonly SourceFile[]): Promise<readonly PlacedMutant[]> {
  const sources = files.filter(({ path }) => !path.endsWith('_test.rego'));
  const parsed = await rego.parse({ files: sources });
  if (!parsed.ok) throw new Error(parsed.error.message);
  return sources.flatMap(({ path, text }) => {
    const ast = parsed.value.find(({ file }) => file === path)?.ast;
    return mutantsOf(text, moduleTree(path, ast).rules).map((mutant) => ({ ...mutant, file: path }));
  });
}

/** What becomes of a mutant under the tests beside it. One that does not compile says nothing. */
export async function fateOf(rego: Rego, files: readonly SourceFile[], mutant: PlacedMutant): Promise<Fate> {
  const changed = needed(files, mutant.file).map((file) =>
    file.path === mutant.file ? { ...file, text: mutant.text } : file,
  );
  const ran = await rego.test({ files: changed, trace: 'off' });
  if (!ran.ok) {
    if (ran.error.kind === 'rego.invalid_policy') return 'invalid';
    throw new Error(ran.error.message);
  }
  return ran.value.tests.every(({ outcome }) => outcome === 'passed') ? 'survived' : 'killed';
}

/** A module with its tests and what they import; the combiner is over everything. */
function needed(files: readonly SourceFile[], path: string): readonly SourceFile[] {
  const test = path.replace(/\.rego$/, '_test.rego');
  if (path.startsWith('meshclaw/authz/'))
    return files.filter((file) => file.path.startsWith('meshclaw/authz/') || !file.path.endsWith('_test.rego'));
  const wanted = new Set([path, test]);
  for (const one of wanted) {
    const text = files.find((file) => file.path === one)?.text ?? '';
    for (const [, imported = ''] of text.matchAll(/^import data\.(meshclaw[\w.]+)$/gm)) {
      const folder = imported.replaceAll('.', '/');
      wanted.add(`${folder}/${folder.split('/').at(-1)}.rego`);
    }
  }
  return files.filter((file) => wanted.has(file.path));
}
