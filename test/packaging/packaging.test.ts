import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installInto, packAll, type Tarball } from './tarballs.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
const LIMIT_MS = 90_000;

let packed: Awaited<ReturnType<typeof packAll>>;
let somewhere: string;

beforeAll(async () => {
  packed = await packAll();
  somewhere = join(packed.folder, 'somewhere');
  await mkdir(somewhere);
  await installInto(somewhere, packed.tarballs);
}, LIMIT_MS);
afterAll(() => packed?.remove());

/** Every tarball that breaks something, with what it breaks. */
async function broken(check: (tarball: Tarball) => readonly string[] | Promise<readonly string[]>) {
  const found = await Promise.all(packed.tarballs.map(async (one) => [one.name, await check(one)] as const));
  expect(found.length).toBeGreaterThan(5);
  return found.filter(([, problems]) => problems.length > 0);
}

describe('the packed packages', () => {
  it('hold what is built, the licence and a README, and nothing of our own', async () => {
    const wanted = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'];
    const unwanted = /\.test\.|\.tsbuildinfo$|__fixtures__|^src\/|^scripts\/|^tsconfig/;
    const problems = await broken(({ files }) => [
      ...wanted.filter((path) => !files.includes(path)).map((path) => `lacks ${path}`),
      ...files.filter((path) => unwanted.test(path)).map((path) => `has ${path}`),
    ]);
    expect(problems).toEqual([]);
  });

  it('pass publint', async () => {
    const problems = await broken(async ({ path, manifest }) => {
      const bytes = new Uint8Array(readFileSync(path));
      const { messages } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
      return messages.map((message) => formatMessage(message, manifest) ?? message.code);
    });
    expect(problems).toEqual([]);
  });

  it('have types that resolve for whoever imports them as ES modules', { timeout: LIMIT_MS }, async () => {
    const problems = await broken(({ path }) =>
      run(process.execPath, [attw, '--profile', 'esm-only', '--format', 'ascii', '--no-color', path]).then(
        () => [],
        ({ stdout }: { stdout: string }) => [stdout],
      ),
    );
    expect(problems).toEqual([]);
  });
});

describe('installed in an empty folder, they', () => {
  it('can be imported, every entry of each', { timeout: LIMIT_MS }, async () => {
    const entries = packed.tarballs.flatMap(entriesOf);
    expect(entries).toContain('@meshclaw/executors/local');
    const program = `const failed = [];
      for (const entry of ${JSON.stringify(entries)})
        await import(entry).catch((error) => failed.push(entry + ': ' + error.message));
      console.log(JSON.stringify(failed));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: somewhere });
    expect(JSON.parse(stdout)).toEqual([]);
  });

  it('give their schemas as files, and Rego alone without the rest', { timeout: LIMIT_MS }, async () => {
    const program = `import { readFileSync } from 'node:fs';
      import { createRequire } from 'node:module';
      const path = createRequire(import.meta.url).resolve('@meshclaw/policy/schemas/request.json');
      console.log(JSON.parse(readFileSync(path, 'utf8')).type);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: somewhere });
    expect(stdout).toBe('object\n');
    const rego = packed.tarballs.find(({ name }) => name === '@meshclaw/rego')?.path ?? '';
    const alone = join(packed.folder, 'alone');
    await mkdir(alone);
    await writeFile(join(alone, 'package.json'), '{ "private": true, "type": "module" }');
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', rego], { cwd: alone });
    const use = `import { createRego } from '@meshclaw/rego';
      const files = [{ path: 'p.rego', text: 'package p\\n\\nallow if input.x == 1\\n' }];
      const built = await createRego().build({ files, entrypoints: ['p/allow'] });
      console.log(built.ok && built.value.wasm.length > 1000);`;
    const used = await run(process.execPath, ['--input-type=module', '-e', use], { cwd: alone });
    expect(used.stdout).toBe('true\n');
    expect(existsSync(join(alone, 'node_modules/@meshclaw/core'))).toBe(false);
  });

  it('give the commands, which answer their version', async () => {
    const { version } = packed.tarballs.find(({ name }) => name === 'meshclaw') ?? {};
    const { stdout } = await run('npx', ['--no-install', 'meshclaw', 'version'], { cwd: somewhere });
    expect(stdout).toContain(version);
    expect(existsSync(join(somewhere, 'node_modules/.bin/meshclaw-evidence'))).toBe(true);
  });
});

/** Names that can be imported. What is for tests alone needs a test runner, except the stand-ins of core. */
function entriesOf({ name, manifest, files }: Tarball): readonly string[] {
  return Object.keys(manifest.exports).flatMap((entry) => {
    if (entry.endsWith('.json') || (entry === './testing' && name !== '@meshclaw/core')) return [];
    if (entry !== './*') return [`${name}${entry.slice(1)}`];
    const folders = files.flatMap((path) => /^dist\/([^_/][^/]*)\/index\.js$/.exec(path)?.[1] ?? []);
    return folders.map((folder) => `${name}/${folder}`);
  });
}
