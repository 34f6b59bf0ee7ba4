// JavaScript only: types come from `tsc -b`. The entries of a package are what its package.json exports, so a new
// subpath needs no line here. MESHCLAW_BUILD names the one package to build; scripts/build.mjs sets it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';

interface Manifest {
  readonly exports: Record<string, string | { readonly default: string }>;
  readonly bin?: Record<string, string>;
  /** Built files that nothing imports by name (worker threads). */
  readonly entries?: readonly string[];
}

function sourcesOf(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Manifest;
  const built = [
    ...Object.values(manifest.exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.default])),
    ...Object.values(manifest.bin ?? {}),
    ...(manifest.entries ?? []).map((entry) => `./dist/${entry}.js`),
  ];
  return built
    .flatMap((path) => expand(folder, path.replace('./dist/', 'src/').replace(/\.js$/, '.ts')))
    .filter((path) => existsSync(path));
}

/** `src/*` + `/index.ts` is one entry a plugin folder; folders that start with `_` are not plugins. */
function expand(folder: string, source: string): string[] {
  if (!source.includes('*')) return [`${folder}/${source}`];
  const [before = '', after = ''] = source.split('*');
  return readdirSync(`${folder}/${before}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map((entry) => `${folder}/${before}${entry.name}${after}`);
}

const options = readdirSync('packages')
  .filter((name) => existsSync(`packages/${name}/package.json`))
  .filter((name) => [name, undefined].includes(process.env.MESHCLAW_BUILD))
  .map((name): Options => {
    const root = `packages/${name}/src`;
    return {
      entry: Object.fromEntries(
        [...new Set(sourcesOf(`packages/${name}`))].map((path) => [path.slice(root.length + 1, -3), path]),
      ),
      outDir: `packages/${name}/dist`,
      format: 'esm',
      target: 'node20',
      platform: 'node',
      splitting: true,
      sourcemap: true,
      clean: false,
      dts: false,
      silent: true,
      skipNodeModulesBundle: true,
      external: [/^@meshclaw\//, /^meshclaw$/],
    };
  })
  .filter((config) => Object.keys(config.entry as object).length > 0);

export default defineConfig(options);
