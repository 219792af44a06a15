/** Ready-made templates to begin with. */
import { createElement, useEffect, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import type { ApiError } from '../core/error';
import { LoadError, Skeleton } from '../core/ui';
import { asError } from './actions';
import { fetchStarters } from './api';
import { about } from './Badges';
import { PhonePreview } from './editor/PhonePreview';
import { to } from './router';
import type { Starter } from './types';
import { categoryLabel } from './words';

export function Starters() {
	const [ starters, setStarters ] = useState< Starter[] | null >( null );
	const [ error, setError ] = useState< ApiError | null >( null );
	const load = () => {
		setError( null );
		fetchStarters().then( setStarters, ( reason ) => setError( asError( reason ) ) );
	};
	useEffect( load, [] );
	return (
		<section aria-labelledby="nxtchat-starters">
			<h2 id="nxtchat-starters">{ __( 'What do you want to send?', 'nxt-cloud-chat' ) }</h2>
			<p className="description">{ __( 'Choose one and make it yours: nothing is handed in to WhatsApp before you say so.', 'nxt-cloud-chat' ) }</p>
			{ error && <LoadError error={ error } onRetry={ load } /> }
			{ ! starters && ! error && <Skeleton rows={ 4 } label={ __( 'Loading', 'nxt-cloud-chat' ) } /> }
			<ul className="nxtchat-starters">
				{ starters?.map( ( { key, title, description, template } ) => (
					<li key={ key } className="nxtchat-card">
						<h3>{ title }</h3>
						<p>
							<span className="nxtchat-badge is-off">{ categoryLabel( template.category ) }</span>
						</p>
						<p className="nxtchat-starters__what">{ description }</p>
						<div className="nxtchat-starters__phone">
							<PhonePreview template={ template } title={ about( __( 'Preview', 'nxt-cloud-chat' ), title ) } />
						</div>
						<a className="button button-primary" href={ to.create( { starter: key } ) } aria-label={ about( __( 'Use this', 'nxt-cloud-chat' ), title ) }>
							{ __( 'Use this', 'nxt-cloud-chat' ) }
						</a>
					</li>
				) ) }
				{ starters && (
					<li className="nxtchat-card">
						<h3>{ __( 'Something else', 'nxt-cloud-chat' ) }</h3>
						<p className="nxtchat-starters__what">{ __( 'Begin with an empty template.', 'nxt-cloud-chat' ) }</p>
						<a className="button" href={ to.create() }>
							{ __( 'Start empty', 'nxt-cloud-chat' ) }
						</a>
					</li>
				) }
			</ul>
		</section>
	);
}
