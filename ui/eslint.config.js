import js from '@eslint/js';
import globals from 'globals';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist', 'dist-lib', 'node_modules', 'src/generated', 'client-tests/seeds/extracted'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  jsxA11y.flatConfigs.recommended,
  reactHooks.configs.flat['recommended-latest'],
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // The one door to the host: only `platform/` may know Tauri.
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@tauri-apps/*'], message: 'Only src/platform may import Tauri.' }] },
      ],
    },
  },
  { files: ['service-worker/worker.js'], languageOptions: { globals: { ...globals.serviceworker } } },
  { files: ['src/platform/**'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['tests/**', 'e2e/**', 'client-tests/**', 'dev/**', '*.config.*', '*.mjs'], languageOptions: { globals: { ...globals.node } } },
);
