/** Which number sends which template, in which language, with which values; perhaps two to compare. */
import { createElement, Fragment, useEffect, useMemo, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import { boot } from '../core/boot';
import type { ApiError } from '../core/error';
import { Control } from '../core/form';
import { languageName } from '../core/places';
import { ErrorNotice } from '../core/ui';
import { fetchTemplate } from '../template/api';
import { fetchSources, type Source } from '../template/editor/api';
import { PhonePreview } from '../template/editor/PhonePreview';
import type { Bindings, Template, TemplateDetail } from '../template/types';
import { bodyOf, categoryLabel, senderOf } from '../template/words';
import * as api from './api';
import { Problems, type StepProps } from './Compose';
import { asError, useNewest } from './hooks';
import type { AbTest, TemplateName } from './types';
import { Values } from './Values';

const ACTIVE = 1;
const NEW_TEST: AbTest = { template: { name: '', language: '' }, values: {}, share: 20, by: 'read', after_minutes: 240 };

export function MessageStep( { draft, change, problems }: StepProps ) {
	const { definition } = draft;
	const [ templates, setTemplates ] = useState< Template[] | null >( null );
	const [ sources, setSources ] = useState< Source[] >( [] );
	const [ error, setError ] = useState< ApiError | null >( null );
	const fail = ( reason: unknown ) => setError( asError( reason ) );
	const { account, template, ab } = definition;

	useEffect( () => {
		setTemplates( null );
		if ( account ) {
			api.fetchTemplates( account ).then( setTemplates, fail );
		}
	}, [ account ] );
	useEffect( () => void fetchSources().then( setSources, fail ), [] );
	const find = ( wanted?: TemplateName ) => templates?.find( ( { name, language } ) => name === wanted?.name && language === wanted.language );
	const chosen = find( template );
	const detail = useDetail( chosen?.id, fail );
	const secondDetail = useDetail( find( ab?.template )?.id, fail );
	const body = useMemo( () => chosen && bodyOf( chosen, { draft: false } ), [ chosen ] );
	const languages = templates?.filter( ( { name } ) => name === template.name ).map( ( { language } ) => language ) ?? [];

	const second = find( ab?.template );
	const secondBody = useMemo( () => second && bodyOf( second, { draft: false } ), [ second ] );
	const shown = useMemo( () => filledIn( detail, definition.values ), [ detail, definition.values ] );
	const secondShown = useMemo( () => filledIn( secondDetail, ab?.values ), [ secondDetail, ab?.values ] );
	const pick = ( label: string, value: TemplateName, onChange: ( template: TemplateName ) => void, help?: ReactNode ) => (
		<Control
			type="select"
			label={ label }
			isRequired
			help={ help }
			value={ value.name ? `${ value.name }/${ value.language }` : '' }
			options={ [
				{ value: '', label: templates ? __( 'Choose…', 'nxt-cloud-chat' ) : __( 'Loading…', 'nxt-cloud-chat' ) },
				...( value.name && ! templates?.some( ( t ) => t.name === value.name && t.language === value.language ) ? [ { value: `${ value.name }/${ value.language }`, label: value.name } ] : [] ),
				...( templates ?? [] ).map( ( t ) => ( { value: `${ t.name }/${ t.language }`, label: `${ t.name } — ${ languageName( t.language ) } (${ categoryLabel( t.category ) })` } ) ),
			] }
			onChange={ ( text ) => {
				const [ name = '', language = '' ] = text.split( '/' );
				onChange( { name, language } );
			} }
		/>
	);
	return (
		<Fragment>
			<Problems problems={ problems } />
			{ error && <ErrorNotice error={ error } /> }
			<div className="nxtchat-compose__columns">
				<div>
					<Control
						type="select"
						label={ __( 'Number that sends', 'nxt-cloud-chat' ) }
						isRequired
						value={ account ? `${ account }` : '' }
						options={ [ { value: '', label: __( 'Choose…', 'nxt-cloud-chat' ) }, ...boot.accounts.filter( ( { id, state } ) => state === ACTIVE || id === account ).map( ( { id, name, display_phone: phone } ) => ( { value: `${ id }`, label: [ name, phone ].filter( Boolean ).join( ' · ' ) } ) ) ] }
						onChange={ ( id ) => change( { ...definition, account: Number( id ) } ) }
					/>
					{ account > 0 && pick( __( 'Template', 'nxt-cloud-chat' ), template, ( next ) => change( { ...definition, template: next, values: next.name === template.name ? definition.values : {} } ), (
						<Fragment>
							{ __( 'Only templates that Meta has approved can be sent.', 'nxt-cloud-chat' ) } <a href={ boot.links.template }>{ __( 'All templates', 'nxt-cloud-chat' ) }</a>
						</Fragment>
					) ) }
					{ templates && ! templates.length && (
						<p>
							{ __( 'This number has no approved template yet.', 'nxt-cloud-chat' ) } <a href={ boot.links.template }>{ __( 'Write one', 'nxt-cloud-chat' ) }</a>
						</p>
					) }
					{ languages.length > 1 && (
						<label className="nxtchat-choice">
							<input type="checkbox" checked={ definition.languages === 'contact' } onChange={ ( event ) => change( { ...definition, languages: event.target.checked ? 'contact' : 'one' } ) } />
							<span>
								{ __( 'Everybody in their own language where the template has it', 'nxt-cloud-chat' ) }
								<span className="nxtchat-soft">
									{ sprintf(
										/* translators: 1: list of languages, 2: a language */
										__( 'It exists in: %1$s. Others get it in %2$s.', 'nxt-cloud-chat' ),
										languages.map( languageName ).join( ', ' ),
										languageName( template.language )
									) }
								</span>
							</span>
						</label>
					) }
					{ detail && <Values path="values" template={ detail } values={ definition.values } sources={ sources } problems={ problems } onChange={ ( values ) => change( { ...definition, values } ) } /> }
					{ template.name !== '' && (
						<label className="nxtchat-choice">
							<input type="checkbox" checked={ ab !== null } onChange={ ( event ) => change( { ...definition, ab: event.target.checked ? NEW_TEST : null } ) } />
							<span>
								{ __( 'Compare with a second template (A/B)', 'nxt-cloud-chat' ) }
								<span className="nxtchat-soft">{ __( 'Some people get A, as many get B. The better one then goes to everybody else.', 'nxt-cloud-chat' ) }</span>
							</span>
						</label>
					) }
					{ ab && (
						<Fragment>
							{ pick( __( 'Second template', 'nxt-cloud-chat' ), ab.template, ( next ) => change( { ...definition, ab: { ...ab, template: next, values: next.name === ab.template.name ? ab.values : {} } } ) ) }
							{ secondDetail && <Values path="ab.values" template={ secondDetail } values={ ab.values } sources={ sources } problems={ problems } onChange={ ( values ) => change( { ...definition, ab: { ...ab, values } } ) } /> }
							<div className="nxtchat-compose__row">
								<Control
									type="select"
									label={ __( 'Try it with', 'nxt-cloud-chat' ) }
									value={ `${ ab.share }` }
									options={ [ 10, 20, 30, 50, 100, ...( [ 10, 20, 30, 50, 100 ].includes( ab.share ) ? [] : [ ab.share ] ) ].map( ( share ) => ( { value: `${ share }`, label: share === 100 ? __( 'everybody, half and half', 'nxt-cloud-chat' ) : /* translators: %d: per cent */ sprintf( __( '%d %% of the people', 'nxt-cloud-chat' ), share ) } ) ) }
									onChange={ ( share ) => change( { ...definition, ab: { ...ab, share: Number( share ) } } ) }
								/>
								{ ab.share < 100 && (
									<Fragment>
										<Control
											type="select"
											label={ __( 'The better one is', 'nxt-cloud-chat' ) }
											value={ ab.by }
											options={ [
												{ value: 'read', label: __( 'the one more people read', 'nxt-cloud-chat' ) },
												{ value: 'reply', label: __( 'the one more people answer', 'nxt-cloud-chat' ) },
											] }
											onChange={ ( by ) => change( { ...definition, ab: { ...ab, by: by as AbTest[ 'by' ] } } ) }
										/>
										<Control
											type="select"
											label={ __( 'Decided after', 'nxt-cloud-chat' ) }
											value={ `${ ab.after_minutes }` }
											options={ [ 30, 60, 240, 720, 1_440, ...( [ 30, 60, 240, 720, 1_440 ].includes( ab.after_minutes ) ? [] : [ ab.after_minutes ] ) ].map( ( minutes ) => ( { value: `${ minutes }`, label: minutes < 60 ? /* translators: %d: minutes */ sprintf( __( '%d minutes', 'nxt-cloud-chat' ), minutes ) : /* translators: %d: hours */ sprintf( __( '%d h', 'nxt-cloud-chat' ), Math.round( minutes / 60 ) ) } ) ) }
											onChange={ ( minutes ) => change( { ...definition, ab: { ...ab, after_minutes: Number( minutes ) } } ) }
										/>
									</Fragment>
								) }
							</div>
						</Fragment>
					) }
				</div>
				<div className="nxtchat-compose__phones">
					{ body && chosen ? (
						<Fragment>
							{ second && <strong>{ /* translators: %s: name of a template */ sprintf( __( 'A: %s', 'nxt-cloud-chat' ), chosen.name ) }</strong> }
							<PhonePreview template={ body } values={ shown } sender={ senderOf( chosen ) } />
						</Fragment>
					) : (
						<p className="nxtchat-compose__nophone">{ __( 'The message is shown here once a template is chosen.', 'nxt-cloud-chat' ) }</p>
					) }
					{ secondBody && second && (
						<Fragment>
							<strong>{ /* translators: %s: name of a template */ sprintf( __( 'B: %s', 'nxt-cloud-chat' ), second.name ) }</strong>
							<PhonePreview template={ secondBody } values={ secondShown } sender={ senderOf( second ) } title={ __( 'Preview of the second template', 'nxt-cloud-chat' ) } />
						</Fragment>
					) }
				</div>
			</div>
		</Fragment>
	);
}

/** The examples of a template's variables, with what is the same for everybody as it was written here; null where one has none. */
function filledIn( detail: TemplateDetail | null, values: Bindings = {} ): Record< string, string > | null {
	const texts: Record< string, string > = {};
	for ( const { key, example } of detail?.variables ?? [] ) {
		const own = values[ key ] ?? detail?.bindings[ key ];
		const text = own?.source === 'text' && own.value ? own.value : example;
		if ( typeof text !== 'string' ) {
			return null;
		}
		texts[ key ] = text;
	}
	return Object.keys( texts ).length ? texts : null;
}

/** Everything of a template; null while it is not there. */
function useDetail( id: number | undefined, fail: ( reason: unknown ) => void ): TemplateDetail | null {
	const [ detail, setDetail ] = useState< TemplateDetail | null >( null );
	const failed = useNewest( fail );
	useEffect( () => {
		if ( id ) {
			fetchTemplate( id ).then( setDetail, failed );
		}
	}, [ id, failed ] );
	return detail?.id === id ? detail : null;
}
