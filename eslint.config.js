// biome formats and lints; this is only what needs types: a Result nobody looks at, a promise nobody waits for, a switch
// that forgets a kind. The rule for results is ours: the published ones count `if (result.isErr())` as not looking.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { unusedResult } from './scripts/lint/unused-result.js';

export default defineConfig([
  { ignores: ['**/dist/**', '**/*.gen.ts', '**/__fixtures__/**'] },
  {
    files: ['packages/*/src/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts'],
    plugins: {
      '@typescript-eslint': tseslint.plugin,
      meshclaw: { rules: { 'unused-result': unusedResult } },
    },
    languageOptions: {
      parser: tseslint.parser,
      // One program over the sources of all packages; with what was built there would be one for each.
      parserOptions: { project: './tsconfig.lint.json', tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'meshclaw/unused-result': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      // A `default` would take every new kind in silence.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
    },
  },
]);
