/**
 * What the screens use of WordPress's own packages, as every site from 6.4 on provides them in wp.*.
 * Only this much is declared on purpose: an API that 6.4 lacks does not compile.
 */
declare const REPOSITORY: string;

declare module '*.css';

/** The address of the file, relative to the script. */
declare module '*.wasm' {
	const address: string;
	export default address;
}

declare module '@wordpress/element' {
	import type * as React from 'react';
	export const createElement: typeof React.createElement;
	export const Fragment: typeof React.Fragment;
	export const memo: typeof React.memo;
	export const useCallback: typeof React.useCallback;
	export const useEffect: typeof React.useEffect;
	export const useId: typeof React.useId;
	export const useLayoutEffect: typeof React.useLayoutEffect;
	export const useMemo: typeof React.useMemo;
	export const useRef: typeof React.useRef;
	export const useState: typeof React.useState;
	export const useSyncExternalStore: typeof React.useSyncExternalStore;
	export function createRoot( container: Element ): { render( element: React.ReactNode ): void };
	export function createInterpolateElement(
		text: string,
		map: Record< string, React.ReactElement >
	): React.ReactElement;
}

declare module '@wordpress/api-fetch' {
	type Options = {
		path: string;
		method?: string;
		data?: unknown;
		body?: Blob;
		headers?: Record< string, string >;
		signal?: AbortSignal;
		parse?: boolean;
	};
	const apiFetch: < T >( options: Options ) => Promise< T >;
	export default apiFetch;
}

declare module '@wordpress/url' {
	export function addQueryArgs( url: string, args: Record< string, unknown > ): string;
}

declare module '@wordpress/a11y' {
	export function speak( message: string, ariaLive?: 'polite' | 'assertive' ): void;
}

declare module '@wordpress/dom-ready' {
	export default function domReady( callback: () => void ): void;
}
