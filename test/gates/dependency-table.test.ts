import { describe, expect, it } from 'vitest';
import { importsOf, loadedTwice, TABLE, violationsOf } from './dependency-table.js';
import { repositoryFiles, textOf } from './files.js';

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

const files = repositoryFiles();
const sources = files.filter((path) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(path) && !path.includes('__fixtures__'));
const names = [...new Set(files.flatMap((path) => /^packages\/([^/]+)\/package\.json$/.exec(path)?.[1] ?? []))];

const parsed = (path: string): unknown => JSON.parse(textOf(path) ?? 'null');
const declaredBy = (name: string): readonly string[] => {
  const { dependencies, peerDependencies, optionalDependencies } = parsed(`packages/${name}/package.json`) as Manifest;
  return Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
};

describe('the dependency table', () => {
  it('is kept by every import', () => {
    const broken = names.flatMap((name) => {
      const declared = declaredBy(name);
      const own = sources.filter((path) => path.startsWith(`packages/${name}/`));
      return own.flatMap((path) => violationsOf(path, textOf(path) ?? '', declared));
    });
    expect(sources.length).toBeGreaterThan(50);
    expect(broken).toEqual([]);
  });

  it('is kept by what each package.json depends on', () => {
    const broken = names.flatMap((name) => {
      const row = TABLE[name];
      const allowed = [...(row?.packages ?? []), ...(row?.libraries ?? [])];
      return declaredBy(name).flatMap((library) => (allowed.includes(library) ? [] : [`${name}: ${library}`]));
    });
    expect(names.length).toBeGreaterThan(5);
    expect(broken).toEqual([]);
  });

  it('is kept by the project references of each tsconfig.json', () => {
    const broken = names.flatMap((name) => {
      const { references = [] } = parsed(`packages/${name}/tsconfig.json`) as { references?: { path: string }[] };
      const known = references.map(({ path }) => path.replace('../', '@meshclaw/'));
      return known.filter((other) => !TABLE[name]?.packages.includes(other)).map((other) => `${name}: ${other}`);
    });
    expect(broken).toEqual([]);
  });

  it('has one file that loads what throws in its own way', () => {
    const imports = new Map(sources.map((path) => [path, importsOf(textOf(path) ?? '')] as const));
    expect(loadedTwice(imports)).toEqual([]);
    const twice = new Map([
      ...imports,
      ['packages/evidence/src/a.ts', ['node:sqlite']],
      ['packages/evidence/src/b.ts', ['node:sqlite']],
    ]);
    expect(loadedTwice(twice)).toHaveLength(1);
  });
});

describe('the check of the table', () => {
  it.each([
    ['a sibling', 'packages/workflows/src/doctor/index.ts', "import { local } from '@meshclaw/executors';"],
    ['a sibling from a test', 'packages/policy/src/a.test.ts', "import { openLedger } from '@meshclaw/evidence';"],
    ['the package on top', 'packages/workflows/src/doctor/index.ts', "import { openMeshClaw } from 'meshclaw';"],
    ['Node in a workflow', 'packages/workflows/src/doctor/index.ts', "import { readFileSync } from 'fs';"],
    ['files in core', 'packages/core/src/engine/a.ts', "import 'node:fs/promises';"],
    [
      'a program outside an executor',
      'packages/meshclaw/src/commands/apply.ts',
      "import { spawn } from 'node:child_process';",
    ],
    ['a socket in policy', 'packages/policy/src/a.ts', "await import('node:net');"],
    ['a builtin by its name alone', 'packages/core/src/a.ts', "process.getBuiltinModule?.('node:child_process');"],
    ['a type from a sibling', 'packages/evidence/src/a.ts', "import type { Pdp } from '@meshclaw/policy';"],
    ['another plugin folder', 'packages/executors/src/ssh/index.ts', "import { run } from '../local/run.js';"],
    ['another tool', 'packages/mcp/src/tools/a/index.ts', "import { b } from '../b/index.js';"],
    ['the ledger in a tool', 'packages/mcp/src/tools/a/index.ts', "import { openLedger } from '@meshclaw/evidence';"],
    ['the sources of a sibling', 'packages/policy/src/a.ts', "export { x } from '../../core/src/index.js';"],
    ['a library that is not declared', 'packages/core/src/a.ts', "import canonicalize from 'canonicalize';"],
    ['a library of another package', 'packages/core/src/a.ts', "import { parse } from 'yaml';"],
    [
      'the network without an import',
      'packages/workflows/src/a.ts',
      "const page = await fetch('https://example.org');",
    ],
    ['a module named at run time', 'packages/meshclaw/src/a.ts', 'const found = await import(name);'],
    ['a package that is not in the table', 'packages/extra/src/a.ts', ''],
  ])('refuses %s', (_what, path, text) => {
    expect(violationsOf(path, text, [])).toHaveLength(1);
  });

  it.each([
    ['a program in an executor', 'packages/executors/src/local/a.ts', "import { spawn } from 'node:child_process';"],
    ['the signer of approvals', 'packages/meshclaw/src/home/sign.ts', "import { spawn } from 'node:child_process';"],
    ['the demo', 'packages/meshclaw/src/demo/run.ts', "import { spawn } from 'node:child_process';"],
    [
      'development dependencies in a test',
      'packages/core/src/a.test.ts',
      "import fc from 'fast-check'; import 'node:fs';",
    ],
    [
      'shared parts of executors',
      'packages/executors/src/ssh/index.ts',
      "import { capture } from '../_output/capture.js';",
    ],
    [
      'operations in a workflow',
      'packages/workflows/src/doctor/index.ts',
      "import { host } from '../operations/host.js';",
    ],
    ['the answers that tools share', 'packages/mcp/src/tools/a/index.ts', "import { done } from '../../answer.js';"],
    ['a fetch that is somebody’s method', 'packages/core/src/a.ts', '// fetch(\nconst found = cache.fetch(key);'],
  ])('accepts %s', (_what, path, text) => {
    expect(violationsOf(path, text, [])).toEqual([]);
  });
});
