/** Packs the packages as they would be published and installs the tarballs in an empty folder, as somebody else would. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Tarball {
  readonly name: string;
  readonly version: string;
  /** Absolute path. */
  readonly path: string;
  /** Paths inside the package. */
  readonly files: readonly string[];
  readonly manifest: Readonly<Record<string, unknown>> & { readonly exports: Readonly<Record<string, unknown>> };
}
interface Packed {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}
type Lock = { readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly link?: boolean }>> };

/** A folder that is removed by `remove`, with a tarball of every package. The packages have been built before. */
export async function packAll(): Promise<{ folder: string; tarballs: readonly Tarball[]; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-packed-'));
  const flags = ['--workspaces', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder];
  const { stdout } = await run('npm', ['pack', ...flags], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  const folders = new Map(readdirSync(join(root, 'packages')).map((name) => [manifestOf(name).name, name]));
  const tarballs = (JSON.parse(stdout) as Packed[]).map(({ name, version, filename, files }) => ({
    name,
    version,
    path: join(folder, filename),
    files: files.map(({ path }) => path),
    manifest: manifestOf(folders.get(name) ?? ''),
  }));
  return { folder, tarballs, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Installs the tarballs and what they depend on into `folder`. The versions of others are those of our lock file, so that
 * npm has them in its cache and needs no network; what only our development depends on is not among them.
 */
export async function installInto(folder: string, tarballs: readonly Tarball[]): Promise<void> {
  const dependencies = Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]));
  const others = lockedByOthers();
  const ours = tarballs.map((tarball) => [`node_modules/${tarball.name}`, lockEntry(tarball)] as const);
  const project = { name: 'somebody-else', version: '1.0.0', type: 'module', dependencies };
  write(folder, 'package.json', { ...project, private: true });
  write(folder, 'package-lock.json', {
    ...{ name: project.name, version: project.version, lockfileVersion: 3, requires: true },
    packages: { '': project, ...Object.fromEntries([...others, ...ours]) },
  });
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await run('npm', ['ci', ...flags], { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
}

/** What the lock file says of the packages that ours depend on, at the places they have when ours are installed. */
function lockedByOthers() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  return Object.entries(packages).flatMap(([path, entry]) => {
    if (entry.dev === true || entry.link === true || !path.includes('node_modules/')) return [];
    const [, folder = ''] = /^packages\/([^/]+)\//.exec(path) ?? [];
    const place = folder === '' ? path : path.replace(`packages/${folder}`, `node_modules/${manifestOf(folder).name}`);
    return [[place, entry] as const];
  });
}

function manifestOf(folder: string): Tarball['manifest'] & { readonly name: string } {
  return JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
}

function lockEntry({ path, version, manifest }: Tarball) {
  const { dependencies, peerDependencies, peerDependenciesMeta, bin, engines } = manifest;
  const integrity = `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`;
  return {
    version,
    resolved: `file:${path}`,
    integrity,
    dependencies,
    peerDependencies,
    peerDependenciesMeta,
    bin,
    engines,
  };
}

function write(folder: string, name: string, content: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify(content, undefined, 2));
}
