/** Builds a file of this package for another process, with everything of this repository in it. */

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// Required, not imported: its declarations name packages that are not installed.
const { build } = createRequire(import.meta.url)('tsup') as { build(options: object): Promise<void> };

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Bundles `src/<entry>.ts` and answers where the result is. */
export async function built(entry: 'bin' | '_testing/append-process'): Promise<string> {
  const outDir = source('../../dist/_tests');
  const name = entry.replace('/', '-');
  await build({
    ...{ config: false, silent: true, clean: false, dts: false, splitting: false, format: 'esm', outDir },
    entry: { [name]: source(`../${entry}.ts`) },
    ...{ target: 'node20', platform: 'node', external: ['@photostructure/sqlite', 'zod', 'neverthrow'] },
    noExternal: [/^@meshclaw\//, 'canonicalize'],
    esbuildOptions: (options: { alias?: Record<string, string> }) => {
      options.alias = { '@meshclaw/core': source('../../../core/src/index.ts') };
    },
  });
  return `${outDir}/${name}.js`;
}
