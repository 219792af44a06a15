/** A field to drop a file on, or to choose one with. */
import { createElement, useId, useState } from '@wordpress/element';
import type { ReactNode } from 'react';

import { Icon } from '../core/icons';

interface Props {
	label: string;
	isBusy?: boolean;
	onFile: ( file: File ) => void;
	children?: ReactNode;
}

export function FilePicker( { label, isBusy = false, onFile, children }: Props ) {
	const id = useId();
	const [ isOver, setOver ] = useState( false );
	const take = ( files: FileList | null ) => {
		const file = files?.[ 0 ];
		if ( file && ! isBusy ) {
			onFile( file );
		}
	};
	return (
		<div
			className={ `nxtchat-drop${ isOver ? ' is-over' : '' }${ isBusy ? ' is-busy' : '' }` }
			onDragOver={ ( event ) => {
				event.preventDefault();
				setOver( true );
			} }
			onDragLeave={ () => setOver( false ) }
			onDrop={ ( event ) => {
				event.preventDefault();
				setOver( false );
				take( event.dataTransfer.files );
			} }
		>
			<Icon name="document" size={ 36 } />
			<input
				id={ id }
				type="file"
				className="screen-reader-text"
				disabled={ isBusy }
				aria-describedby={ `${ id }-help` }
				onChange={ ( event ) => {
					take( event.target.files );
					// The same file chosen again (after it was mended) is a choice, too.
					event.target.value = '';
				} }
			/>
			<label htmlFor={ id } className="button button-primary">
				{ label }
			</label>
			<div id={ `${ id }-help` }>{ children }</div>
		</div>
	);
}
