/** The editor of a template. */
import { createElement } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { Skeleton } from '../../core/ui';

export interface EditorProps {
	/** The template that is changed, null for a new one. */
	id: number | null;
	/** Key of a ready-made one to begin with, '' = none. */
	starter: string;
	/** Begin with a copy of this one, in the language `language` when it is said. */
	duplicateOf: number | null;
	language: string;
}

export const Editor = ( _: EditorProps ) => <Skeleton rows={ 6 } label={ __( 'Loading the editor', 'nxt-cloud-chat' ) } />;
