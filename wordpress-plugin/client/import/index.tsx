/** The Import tab of the Contacts screen. */
import { createElement, useEffect } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { go, href, type Route } from '../contact/router';
import { boot } from '../core/boot';
import { ImportKind } from '../core/enums';
import { useStore } from '../core/store';
import { Empty } from '../core/ui';
import { directory, loadFields } from '../group/store';
import { change, discardDraft, imports } from './actions';
import { Columns } from './Columns';
import { Options } from './Options';
import { Run } from './Run';
import { Sources } from './Sources';
import type { Draft } from './store';
import '../core/form.css';
import './import.css';

export function ImportTab( { route }: { route: Route } ) {
	const draft = useStore( imports, ( state ) => state.draft );
	const fields = useStore( directory, ( state ) => state.fields ) ?? noFields;
	useEffect( () => void loadFields(), [] );

	if ( ! boot.caps.contacts ) {
		return <Empty icon="contact" title={ __( 'You may look at contacts, but not import any.', 'nxt-cloud-chat' ) } />;
	}
	return (
		<div className="nxtchat-import">
			{ route.id !== null ? (
				<Run key={ route.id } id={ route.id } />
			) : route.query.new && draft ? (
				<Prepare draft={ draft } fields={ fields } />
			) : (
				<Sources fields={ fields } />
			) }
		</div>
	);
}

const noFields: never[] = [];

function Prepare( { draft, fields }: { draft: Draft; fields: Parameters< typeof Columns >[ 0 ][ 'fields' ] } ) {
	const begin = () => {
		discardDraft();
		go( href( 'import' ) );
	};
	return draft.step === 'columns' ? (
		<Columns draft={ draft } fields={ fields } onBack={ begin } />
	) : (
		<Options draft={ draft } onBack={ draft.kind === ImportKind.FILE ? () => change( { step: 'columns' } ) : begin } />
	);
}
