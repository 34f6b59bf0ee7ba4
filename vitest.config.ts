// Tests read the packages' sources, so nothing needs to be built first except worker files (see script/test).
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const packages = fileURLToPath(new URL('./packages', import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^meshclaw$/, replacement: `${packages}/meshclaw/src/index.ts` },
      { find: /^@meshclaw\/([^/]+)$/, replacement: `${packages}/$1/src/index.ts` },
      { find: /^@meshclaw\/([^/]+)\/testing$/, replacement: `${packages}/$1/src/_testing/index.ts` },
      { find: '@meshclaw/executors/notify', replacement: `${packages}/executors/src/_notify/index.ts` },
      { find: '@meshclaw/executors/ssh-server', replacement: `${packages}/executors/src/_ssh-server/index.ts` },
      { find: /^@meshclaw\/([^/]+)\/([^/]+)$/, replacement: `${packages}/$1/src/$2/index.ts` },
    ],
  },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      // Long forms run by name alone: script/test --long NAME.
      ...(process.env.MESHCLAW_LONG === undefined ? ['**/*.long.test.ts'] : []),
      // Whole hosts are booted only where they are asked for: script/test lab.
      ...(process.env.MESHCLAW_LAB === undefined && process.env.MESHCLAW_LONG === undefined ? ['test/lab/**'] : []),
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
