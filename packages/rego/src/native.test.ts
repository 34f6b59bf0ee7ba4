// The shipped policies through a native `opa` of the same version and through this package: the same bytes, the same
// outcomes, the same ranges, the same format. Name the binary in OPA, or have `opa` in PATH; else it is skipped and says why.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Coverage, createRego, type Range, type SourceFile } from './index.js';

const policies = fileURLToPath(new URL('../../../policies/meshclaw/', import.meta.url));
const recorded = JSON.parse(readFileSync(new URL('../compiler/regoc.json', import.meta.url), 'utf8')) as {
  readonly opa: string;
};
const LIMIT_MS = 120_000;

const opa = process.env.OPA ?? 'opa';
const obstacle = whyNot();
function whyNot(): string | undefined {
  const { status, stdout } = spawnSync(opa, ['version'], { encoding: 'utf8' });
  if (status !== 0) return 'there is no native opa';
  const version = /^Version: (\S+)/m.exec(stdout)?.[1];
  return `v${version}` === recorded.opa || version === recorded.opa
    ? undefined
    : `this opa is ${version}, the module is made of ${recorded.opa}`;
}

const files: readonly SourceFile[] = readdirSync(policies, { recursive: true })
  .map(String)
  .filter((path) => path.endsWith('.rego'))
  .sort()
  .map((path) => ({ path: `meshclaw/${path}`, text: readFileSync(join(policies, path), 'utf8') }));

const rego = createRego({ timeoutMs: LIMIT_MS });
const folder = mkdtempSync(join(tmpdir(), 'meshclaw-native-'));
beforeAll(() => cpSync(policies, join(folder, 'meshclaw'), { recursive: true }));
afterAll(async () => {
  await rego.close();
  rmSync(folder, { recursive: true });
});

/** What it writes to stdout, whatever its exit code. */
const native = (...words: string[]): string =>
  spawnSync(opa, words, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;

describe('beside a native opa', () => {
  it('builds the same bytes', { timeout: LIMIT_MS }, async ({ skip }) => {
    if (obstacle) skip(obstacle);
    const built = await rego.build({ files, entrypoints: ['meshclaw/authz/decision'] });
    if (!built.ok) throw new Error(JSON.stringify(built.error));
    const words = ['build', '-t', 'wasm', '--prune-unused', '--ignore', '*_test.rego', '-e', 'meshclaw/authz/decision'];
    execFileSync(opa, [...words, '-o', 'bundle.tar.gz', 'meshclaw'], { cwd: folder });
    execFileSync('tar', ['-xzf', 'bundle.tar.gz', '/policy.wasm'], { cwd: folder });
    expect(Buffer.compare(readFileSync(join(folder, 'policy.wasm')), built.value.wasm)).toBe(0);
  });

  it('has the same outcome for each test and covers the same ranges', { timeout: LIMIT_MS }, async ({ skip }) => {
    if (obstacle) skip(obstacle);
    const ours = await rego.test({ files, coverage: true });
    if (!ours.ok) throw new Error(JSON.stringify(ours.error));
    const theirs: readonly { package: string; name: string; fail?: boolean; error?: unknown; skip?: boolean }[] =
      JSON.parse(native('test', '--format=json', 'meshclaw'));
    const outcome = ({ fail, error, skip: skipped }: (typeof theirs)[number]) =>
      fail ? 'failed' : error !== undefined ? 'errored' : skipped ? 'skipped' : 'passed';
    const told = (list: readonly (readonly [string, string])[]) => list.map((one) => one.join(' ')).sort();
    expect(told(ours.value.tests.map((one) => [nameOf(one), one.outcome]))).toEqual(
      told(theirs.map((one) => [nameOf(one), outcome(one)])),
    );
    const covered: { files: Record<string, { covered?: NativeRange[]; not_covered?: NativeRange[] }> } = JSON.parse(
      native('test', '--coverage', '--format=json', 'meshclaw'),
    );
    const byFile: Coverage['files'] = ours.value.coverage?.files ?? {};
    for (const [path, { covered: seen = [], not_covered: unseen = [] }] of Object.entries(covered.files)) {
      const own = byFile[path];
      expect([path, rows(own?.covered), rows(own?.notCovered)]).toEqual([path, rows(seen), rows(unseen)]);
    }
    expect(Object.keys(byFile).sort()).toEqual(Object.keys(covered.files).sort());
  });

  it('formats alike what is not formatted', { timeout: LIMIT_MS }, async ({ skip }) => {
    if (obstacle) skip(obstacle);
    const untidy = files.map(({ path, text }) => ({
      path,
      text: text.replaceAll(/^\t+/gm, '   ').replaceAll(' := ', ':='),
    }));
    for (const { path, text } of untidy) {
      mkdirSync(dirname(join(folder, 'untidy', path)), { recursive: true });
      writeFileSync(join(folder, 'untidy', path), text);
    }
    native('fmt', '--write', 'untidy');
    const ours = await rego.fmt({ files: untidy });
    if (!ours.ok) throw new Error(JSON.stringify(ours.error));
    for (const { path, text } of ours.value) expect(text).toBe(readFileSync(join(folder, 'untidy', path), 'utf8'));
  });
});

const nameOf = (test: { readonly package: string; readonly name: string }) =>
  `${test.package.replace(/^data\./, '')}.${test.name}`;
interface NativeRange {
  readonly start: { readonly row: number };
  readonly end: { readonly row: number };
}
const rows = (ranges: readonly (Range | NativeRange)[] = []) => ranges.map(({ start, end }) => [start.row, end.row]);
