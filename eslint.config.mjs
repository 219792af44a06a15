import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

export default ts.config(
	{ ignores: [ 'target/**', 'wordpress-plugin/build/**', '**/node_modules/**' ] },
	js.configs.recommended,
	...ts.configs.recommended,
	{
		files: [ 'wordpress-plugin/client/**/*.{ts,tsx}' ],
		plugins: { 'react-hooks': hooks },
		rules: {
			'react-hooks/rules-of-hooks': 'error',
			'react-hooks/exhaustive-deps': 'error',
			eqeqeq: 'error',
			'no-console': 'error',
			// The JSX factory is used by every element, which the linter does not see.
			'@typescript-eslint/no-unused-vars': [ 'error', { varsIgnorePattern: '^(createElement|Fragment)$' } ],
			// Screens import stores, stores import the API client: nothing reaches past it. React comes from the site.
			'@typescript-eslint/no-restricted-imports': [
				'error',
				{
					paths: [
						{ name: '@wordpress/api-fetch', message: 'Go through core/api.' },
						{ name: 'react', message: 'Import from @wordpress/element.', allowTypeImports: true },
					],
				},
			],
		},
	},
	{ files: [ 'wordpress-plugin/client/core/api.ts' ], rules: { '@typescript-eslint/no-restricted-imports': 'off' } },
	{ files: [ 'tools/*.mjs' ], languageOptions: { globals: { process: 'readonly', console: 'readonly' } } }
);
