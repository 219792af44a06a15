/**
 * Builds the wp-admin screens: wordpress-plugin/client → wordpress-plugin/build.
 *
 *   node tools/build-client.mjs           screens, minified, with {screen}.asset.php beside each
 *   node tools/build-client.mjs --watch   the same on every change, not minified
 *   node tools/build-client.mjs --test    bundles client/**\/*.test.ts and runs them with node --test
 *
 * @wordpress/* packages are never bundled: the site provides them as wp.*, so an import becomes a
 * read of that global, and what is imported becomes the script's dependency list.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, context } from 'esbuild';

const root = path.resolve( path.dirname( fileURLToPath( import.meta.url ) ), '..' );
const client = path.join( root, 'wordpress-plugin/client' );
const out = path.join( root, 'wordpress-plugin/build' );
const screens = {
	account: 'account/index.tsx',
	broadcast: 'broadcast/index.tsx',
	contact: 'contact/index.tsx',
	inbox: 'conversation/index.tsx',
	history: 'message/index.tsx',
	template: 'template/index.tsx',
	login: 'login/index.tsx',
};

/** What one screen may weigh, gzipped bytes of its script. */
const MAX_SCRIPT_GZ = 60 * 1024;

const packageOf = ( name ) => name.slice( '@wordpress/'.length );
const globalOf = ( name ) =>
	'wp.' + packageOf( name ).replace( /-([a-z])/g, ( _, letter ) => letter.toUpperCase() );

/** @type {import('esbuild').Plugin} */
const siteProvides = {
	name: 'site-provides',
	setup( job ) {
		job.onResolve( { filter: /^@wordpress\// }, ( { path: name } ) => ( {
			path: name,
			namespace: 'site',
		} ) );
		job.onLoad( { filter: /.*/, namespace: 'site' }, ( { path: name } ) => ( {
			contents: `module.exports = window.${ globalOf( name ) };`,
			loader: 'js',
		} ) );
	},
};

/** Writes {screen}.asset.php: what wp_register_script() needs to know. @type {import('esbuild').Plugin} */
const assetFiles = {
	name: 'asset-files',
	setup( job ) {
		job.onEnd( ( { metafile, errors } ) => {
			if ( errors.length ) {
				return;
			}
			for ( const screen of Object.keys( screens ) ) {
				const script = readFileSync( path.join( out, `${ screen }.js` ) );
				const style = readFileSync( path.join( out, `${ screen }.css` ) );
				const inputs = Object.keys(
					metafile.outputs[ `wordpress-plugin/build/${ screen }.js` ].inputs
				);
				const dependencies = inputs
					.filter( ( input ) => input.startsWith( 'site:' ) )
					.map( ( input ) => 'wp-' + packageOf( input.slice( 'site:'.length ) ) )
					.sort();
				const version = createHash( 'sha256' ).update( script ).update( style ).digest( 'hex' ).slice( 0, 16 );
				const list = dependencies.map( ( name ) => `'${ name }'` ).join( ', ' );
				writeFileSync(
					path.join( out, `${ screen }.asset.php` ),
					`<?php return array( 'dependencies' => array( ${ list } ), 'version' => '${ version }' );\n`
				);
				const weight = gzipSync( script ).length;
				console.log(
					`${ screen.padEnd( 8 ) } ${ ( weight / 1024 ).toFixed( 1 ) } KB js, ${ ( gzipSync( style ).length / 1024 ).toFixed( 1 ) } KB css (gzip)  ${ dependencies.join( ' ' ) }`
				);
				if ( weight > MAX_SCRIPT_GZ && ! process.argv.includes( '--watch' ) ) {
					throw new Error( `${ screen }.js is over ${ MAX_SCRIPT_GZ } bytes gzipped` );
				}
			}
		} );
	},
};

async function buildScreens( { watch } ) {
	const options = {
		absWorkingDir: root,
		entryPoints: Object.fromEntries(
			Object.entries( screens ).map( ( [ name, file ] ) => [ name, path.join( client, file ) ] )
		),
		outdir: out,
		bundle: true,
		metafile: true,
		minify: ! watch,
		// wp i18n make-pot and make-json look for these calls in the built file.
		keepNames: false,
		legalComments: 'none',
		target: [ 'chrome109', 'firefox115', 'safari16' ],
		format: 'iife',
		jsx: 'transform',
		jsxFactory: 'createElement',
		jsxFragment: 'Fragment',
		plugins: [ siteProvides, assetFiles ],
		// WebAssembly lies beside the scripts, named by its content, and is loaded only where it is used (core/rules.ts).
		loader: { '.wasm': 'file' },
		logLevel: 'warning',
	};
	if ( ! watch ) {
		rmSync( out, { recursive: true, force: true } );
		await build( options );
		return;
	}
	await ( await context( options ) ).watch();
}

async function runTests() {
	const tests = readdirSync( client, { recursive: true } )
		.map( String )
		.filter( ( file ) => /\.test\.tsx?$/.test( file ) && ! file.includes( 'node_modules' ) );
	if ( ! tests.length ) {
		throw new Error( 'no tests found' );
	}
	// Inside node_modules, so that packages left outside the bundle are found.
	const dir = mkdtempSync( path.join( root, 'node_modules/.client-tests-' ) );
	try {
		await build( {
			absWorkingDir: root,
			entryPoints: tests.map( ( file ) => path.join( client, file ) ),
			outdir: dir,
			outbase: client,
			bundle: true,
			platform: 'node',
			format: 'esm',
			outExtension: { '.js': '.mjs' },
			packages: 'external',
			sourcemap: 'inline',
			define: { REPOSITORY: JSON.stringify( root ) },
			loader: { '.wasm': 'file' },
			logLevel: 'warning',
		} );
		const files = tests.map( ( file ) => path.join( dir, file.replace( /\.tsx?$/, '.mjs' ) ) );
		const { status } = spawnSync( process.execPath, [ '--enable-source-maps', '--test', ...files ], {
			stdio: 'inherit',
		} );
		process.exitCode = status ?? 1;
	} finally {
		rmSync( dir, { recursive: true, force: true } );
	}
}

if ( process.argv.includes( '--test' ) ) {
	await runTests();
} else {
	await buildScreens( { watch: process.argv.includes( '--watch' ) } );
}
