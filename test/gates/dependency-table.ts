/** Who may import whom, as data, and what a package breaks of it. The table of docs/architecture.md in a form that a test can read. */

import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';

export interface Row {
  /** Packages of this repository. */
  readonly packages: readonly string[];
  /** Packages of others. */
  readonly libraries: readonly string[];
  /** Modules of Node, without `node:`. */
  readonly node: readonly string[];
}

const EVERYWHERE = ['zod', 'neverthrow'];
const FILES = ['crypto', 'fs', 'fs/promises', 'os', 'path', 'url', 'util'];

/** What the shipped code of each package may import. What is not here is not allowed: a new line needs a reason. */
export const TABLE: Readonly<Record<string, Row>> = {
  core: { packages: [], libraries: [...EVERYWHERE, 'canonicalize'], node: ['crypto'] },
  rego: { packages: [], libraries: [], node: [...FILES, 'perf_hooks', 'worker_threads', 'zlib'] },
  policy: {
    packages: ['@meshclaw/core', '@meshclaw/rego'],
    libraries: [...EVERYWHERE, '@open-policy-agent/opa-wasm', 'unbash', 'yaml'],
    node: [...FILES, 'worker_threads', 'zlib'], // bundles of `opa build` are gzipped
  },
  evidence: {
    packages: ['@meshclaw/core'],
    libraries: [...EVERYWHERE, '@photostructure/sqlite'],
    node: [...FILES, 'sqlite', 'worker_threads'], // a thread checks the pages of a file: one call that takes seconds
  },
  executors: {
    packages: ['@meshclaw/core'],
    libraries: [...EVERYWHERE, 'ssh2', 'ssh-config'],
    node: [...FILES, 'child_process', 'dns', 'dns/promises', 'events', 'net', 'stream', 'timers/promises', 'tls'],
  },
  workflows: { packages: ['@meshclaw/core'], libraries: [...EVERYWHERE, 'yaml', 'ipaddr.js'], node: [] },
  mcp: {
    packages: ['@meshclaw/core', '@meshclaw/workflows'],
    libraries: ['zod', 'neverthrow', '@modelcontextprotocol/server'],
    node: [],
  },
  dashboard: { packages: ['@meshclaw/core'], libraries: ['neverthrow', 'hono', 'preact', 'uplot'], node: [] },
  meshclaw: {
    packages: ['core', 'dashboard', 'evidence', 'executors', 'mcp', 'policy', 'rego', 'workflows'].map(
      (name) => `@meshclaw/${name}`,
    ),
    libraries: [...EVERYWHERE, 'cli-table3', 'commander', 'picocolors', 'yaml'],
    node: [...FILES, 'module', 'process', 'readline', 'readline/promises', 'timers/promises', 'tty'],
  },
};

/** The few files that may start a program although they are no executor: they reach no server by it. */
const STARTS_A_PROGRAM = [
  /^packages\/meshclaw\/src\/home\/sign[\w-]*\.ts$/, // ssh-keygen signs approvals, with the approver's own key
  // The command that the owner names in meshclaw.yaml for keeping signed heads elsewhere: handed a head, never anything of a caller.
  /^packages\/meshclaw\/src\/home\/anchor-command\.ts$/,
  /^packages\/meshclaw\/src\/demo\/[\w-]*\.ts$/, // the demo runs this command as its actors would
];

/** Each is loaded in one place, so that one file knows what it throws. */
const ONE_PLACE = [
  '@photostructure/sqlite',
  'node:sqlite',
  '@open-policy-agent/opa-wasm',
  '@modelcontextprotocol/server',
  '@modelcontextprotocol/server/stdio',
];

const isTestCode = (path: string): boolean => /\.test\.ts$|\/_testing\//.test(path);

/** What one source file breaks, in words; empty when it keeps to the table. `declared` is what its package.json names. */
export function violationsOf(path: string, text: string, declared: readonly string[]): readonly string[] {
  const [, name = ''] = path.split('/');
  const row = TABLE[name];
  if (row === undefined) return [`${path}: the table has no package "${name}"`];
  const broken = importsOf(text).flatMap((specifier) => {
    const why = specifier.startsWith('.')
      ? relativeProblem(path, specifier)
      : bareProblem(path, row, specifier, declared);
    return why === undefined ? [] : [`${path}: "${specifier}" ${why}`];
  });
  return [...broken, ...reachProblems(path, name, text)];
}

/** Modules named by imports, dynamic imports, `require` and `getBuiltinModule`. Builtins always bear `node:`. */
export function importsOf(text: string): readonly string[] {
  const named = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const builtin = [...text.matchAll(/getBuiltinModule\??\.?\(\s*['"]([^'"]+)['"]/g)].map(([, found = '']) => found);
  return [...named, ...builtin].map((found) => (builtinModules.includes(found) ? `node:${found}` : found));
}

/** Modules that have to be loaded in one file, and those that were found in several. */
export function loadedTwice(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return ONE_PLACE.flatMap((module) => {
    const places = [...imports]
      .filter(([path, found]) => !isTestCode(path) && found.includes(module))
      .map(([path]) => path);
    return places.length > 1 ? [`${module} is loaded in ${places.join(' and ')}`] : [];
  });
}

/** What tests of any package may drive instead of a stand-in: this machine. */
const REAL_THINGS: readonly string[] = ['@meshclaw/executors/local'];

function bareProblem(path: string, row: Row, specifier: string, declared: readonly string[]): string | undefined {
  const library = packageOf(specifier);
  const own = `@meshclaw/${path.split('/')[1]}`;
  if (/^@meshclaw\/|^meshclaw$/.test(library)) {
    const allowed =
      row.packages.includes(library) || (isTestCode(path) && (library === own || REAL_THINGS.includes(specifier)));
    return allowed ? undefined : 'is a package that this one must not know';
  }
  if (isTestCode(path)) return undefined; // tests have the repository's development dependencies and all of Node
  if (specifier.startsWith('node:')) {
    const exempt = specifier === 'node:child_process' && STARTS_A_PROGRAM.some((form) => form.test(path));
    return exempt || row.node.includes(specifier.slice(5))
      ? undefined
      : 'is a module of Node that this package must not use';
  }
  if (!row.libraries.includes(library)) return 'is a library that the table does not give to this package';
  return declared.includes(library) ? undefined : 'is not among the dependencies of this package';
}

function relativeProblem(path: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  const source = path.split('/').slice(0, 3).join('/');
  if (!target.startsWith(`${source}/`)) return isTestCode(path) ? undefined : 'leaves the sources of its package';
  const [from, to] = [pluginOf(path), pluginOf(target)];
  return from !== undefined && to !== undefined && from !== to ? 'is in another plugin folder' : undefined;
}

/** The plugin folder a file is in; operations and folders that start with `_` are for all plugins. */
function pluginOf(path: string): string | undefined {
  const [, name = '', , folder = '', ...rest] = path.split('/');
  if (name === 'mcp') return folder === 'tools' && rest.length > 1 ? rest[0] : undefined;
  const holdsPlugins = name === 'executors' || name === 'workflows';
  return holdsPlugins && rest.length > 0 && !folder.startsWith('_') && folder !== 'operations' ? folder : undefined;
}

/** Ways around the imports: globals that reach the network, and modules that nobody can read from the text. */
function reachProblems(path: string, name: string, text: string): readonly string[] {
  if (isTestCode(path)) return [];
  const code = withoutComments(text);
  const unreadable =
    /\bimport\(\s*(?!['"])|\bgetBuiltinModule\??\.?\(\s*(?!['"])|\bcreateRequire\b|\bprocess\.binding\b/.exec(code);
  const network = /(?<![.\w])fetch\(|\bglobalThis\.fetch\b|\bnew (WebSocket|EventSource|XMLHttpRequest)\b/.exec(code);
  return [
    ...(unreadable === null ? [] : [`${path}: "${unreadable[0]}" loads something that cannot be checked`]),
    ...(network === null || name === 'executors'
      ? []
      : [`${path}: "${network[0]}" reaches the network outside an executor`]),
  ];
}

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
