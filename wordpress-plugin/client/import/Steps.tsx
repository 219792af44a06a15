/** Where a person is on the way from a file to its people. */
import { createElement, useEffect, useRef } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

export type Step = 'file' | 'columns' | 'options' | 'check' | 'import';

/** @param hasFile Users and customers have no columns to choose. */
export function Steps( { current, hasFile }: { current: Step; hasFile: boolean } ) {
	const steps: [ Step, string ][] = [
		[ 'file', hasFile ? __( 'Choose a file', 'nxt-cloud-chat' ) : __( 'Choose a source', 'nxt-cloud-chat' ) ],
		[ 'columns', __( 'Columns', 'nxt-cloud-chat' ) ],
		[ 'options', __( 'Options', 'nxt-cloud-chat' ) ],
		[ 'check', __( 'Check', 'nxt-cloud-chat' ) ],
		[ 'import', __( 'Import', 'nxt-cloud-chat' ) ],
	];
	const shown = steps.filter( ( [ step ] ) => hasFile || step !== 'columns' );
	const at = shown.findIndex( ( [ step ] ) => step === current );
	return (
		<ol className="nxtchat-steps">
			{ shown.map( ( [ step, label ], index ) => (
				<li key={ step } className={ index === at ? 'is-current' : index < at ? 'is-done' : '' } aria-current={ index === at ? 'step' : undefined }>
					<span className="nxtchat-steps__number" aria-hidden="true">
						{ index + 1 }
					</span>
					{ label }
					{ index < at && <span className="screen-reader-text">{ __( '(done)', 'nxt-cloud-chat' ) }</span> }
				</li>
			) ) }
		</ol>
	);
}

/** Heading of a step. Takes the focus when the step appears, so that a screen reader says where one is. */
export function StepHeading( { children, isFirst = false }: { children: string; isFirst?: boolean } ) {
	const ref = useRef< HTMLHeadingElement >( null );
	useEffect( () => {
		if ( ! isFirst ) {
			ref.current?.focus( { preventScroll: true } );
			ref.current?.scrollIntoView( { block: 'nearest' } );
		}
	}, [ isFirst ] );
	return (
		<h2 ref={ ref } tabIndex={ -1 } className="nxtchat-import__heading">
			{ children }
		</h2>
	);
}

/** "contacts.csv, 1.2 MB" */
export const fileLabel = ( name: string, size: string ): string =>
	/* translators: 1: name of a file, 2: its size */
	size ? sprintf( __( '%1$s, %2$s', 'nxt-cloud-chat' ), name, size ) : name;
