import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScratchCopy, type ScratchCopy } from './scratch-copy.js';

const LIMIT_MS = 300_000;
const FOLDERS = {
  executor: 'packages/executors/src/demo-reach',
  workflow: 'packages/workflows/src/demo-flow',
  tool: 'packages/mcp/src/tools/demo-tool',
  rule: 'policies/meshclaw/rules/any/demo_rule',
};
const isGenerated = (path: string) => /\.gen\.\w+$|^packages\/policy\/shipped\//.test(path);

let copy: ScratchCopy;
/** Runs a program that has to succeed; what it printed explains a failure. */
const succeed = async (program: string, ...argv: readonly string[]) => {
  const { exitCode, printed } = await copy.run(program, ...argv);
  expect(exitCode, printed).toBe(0);
  return printed;
};

beforeAll(async () => {
  copy = createScratchCopy();
  await succeed('script/generate', 'new', 'executor', 'demo-reach');
  await succeed('script/generate', 'new', 'workflow', 'demo-flow');
  await succeed('script/generate', 'new', 'tool', 'demo-tool');
  await succeed('script/generate', 'new', 'rule', 'any.demo_rule');
  await succeed('script/generate');
}, LIMIT_MS);
afterAll(() => copy?.remove());

describe('a new plugin is one folder', () => {
  it('and generated files: git sees nothing else', () => {
    const changes = copy.changes();
    const written = changes.filter((path) => !isGenerated(path));
    expect([...new Set(written.map((path) => dirname(path)))].sort()).toEqual(Object.values(FOLDERS).sort());
    expect(written.filter((path) => path.endsWith('README.md'))).toHaveLength(4);
    expect(changes.length).toBeGreaterThan(written.length);
  });

  it('that is found by the registries, the command, the list of tools and the shipped policy', async () => {
    const text = (path: string) => readFileSync(join(copy.folder, path), 'utf8');
    expect(text('packages/executors/src/registry.gen.ts')).toContain('demo-reach');
    expect(text('packages/workflows/src/registry.gen.ts')).toContain('demo-flow');
    expect(text('packages/mcp/src/registry.gen.ts')).toContain('meshclaw_demo_tool');
    expect(text('packages/mcp/src/registry.gen.ts')).toContain('meshclaw_demo_flow');
    expect(text('packages/policy/shipped/manifest.json')).toContain('any.demo_rule');
    expect(await succeed('script/meshclaw', '--help')).toContain('demo-flow');
  });

  it('that compiles, is well formatted and leaves nothing to generate', { timeout: LIMIT_MS }, async () => {
    await succeed('node', 'node_modules/typescript/bin/tsc', '-b', 'packages/executors', 'packages/mcp');
    const biome = 'node_modules/@biomejs/biome/bin/biome';
    await succeed('node', biome, 'check', FOLDERS.executor, FOLDERS.workflow, FOLDERS.tool);
    await succeed('script/generate', '--check');
  });

  it('whose tests pass, with those of the policy and of the table of imports', { timeout: LIMIT_MS }, async () => {
    const plugins = [FOLDERS.executor, FOLDERS.workflow, FOLDERS.tool];
    const tests = [
      ...plugins,
      'packages/mcp/src/listing',
      'packages/policy/src/policies',
      'test/gates/dependency-table',
    ];
    const printed = await succeed('node', 'node_modules/vitest/vitest.mjs', 'run', ...tests);
    expect(printed).toMatch(/Test Files .*6 passed/);
  });
});
