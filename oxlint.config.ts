/** Lint rules, and which folder may import what. */
import { defineConfig, type OxlintOverride } from 'oxlint';
import { NO_CDK, type Pattern, REFUSED, SHARED_WITH_LIB } from './lint-rooms.ts';

const refusing = (files: readonly string[], patterns: readonly Pattern[]): OxlintOverride => ({
  files: [...files],
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: patterns.map(({ group, ...rest }) => ({ group: [...group], ...rest })) },
    ],
  },
});

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'promise', 'node'],
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/only-throw-error': 'error',
    'typescript/no-unsafe-type-assertion': 'off',
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-unassigned-import': 'off',
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    'no-underscore-dangle': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'typescript/consistent-return': 'off',
    'consistent-return': 'off',
    'import/no-named-as-default-member': 'off',
    'unicorn/prefer-add-event-listener': 'off',
    'no-control-regex': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'no-unmodified-loop-condition': 'off',
    'no-useless-constructor': 'off',
    'promise/always-return': 'off',
  },
  overrides: [
    refusing(['controls/**', 'examples/controls/**', 'local/**'], [NO_CDK]),
    ...Object.entries(REFUSED).map(([files, patterns]) => refusing([files], patterns)),
    refusing(
      ['lib/**'],
      [
        {
          group: ['**/proxy/**', ...SHARED_WITH_LIB.map((file) => `!**/${file}`)],
          allowTypeImports: true,
          message: 'lib/ asks the built bundle (main.mjs --describe) instead',
        },
      ],
    ),
    // Later overrides win.
    refusing(SHARED_WITH_LIB, [{ group: ['**'], message: 'lib/ uses this file, too: it imports nothing' }]),
    { files: ['lib/**', 'bin/app.ts', 'test/**', 'examples/**'], rules: { 'no-new': 'off' } },
  ],
  ignorePatterns: ['dist', 'node_modules', 'site/.vitepress', 'site/.pages'],
});
