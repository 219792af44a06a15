/** Which column is what. Everything here happens in the browser, on the beginning of the file. */
import { createElement, Fragment, useEffect, useId, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import type { CsvPreview, CsvSniff } from '../../../crates/wasm/core.mjs';
import { boot } from '../core/boot';
import { Control } from '../core/form';
import { countryOptions } from '../core/places';
import { fileSize } from '../core/text';
import type { Field } from '../core/types';
import { Notice } from '../core/ui';
import { change, columnsAreGood, previewRows, readAs } from './actions';
import { check, columnName, needsRegion, targets } from './mapping';
import { fileLabel, StepHeading, Steps } from './Steps';
import type { Draft } from './store';
import { delimiterLabel, encodingLabel, fileProblem, rejectLabel } from './words';

/** Rows of the preview. */
const PREVIEW_ROWS = 6;

const ENCODINGS = [ 'utf-8', 'windows-1252', 'utf-16le', 'utf-16be' ];
const DELIMITERS = [ ',', ';', '\t', '|' ];

export function Columns( { draft, fields, onBack }: { draft: Draft; fields: Field[]; onBack: () => void } ) {
	const [ isTold, setTold ] = useState( false );
	const { sniff } = draft;
	if ( ! sniff ) {
		return null;
	}
	const problems = check( sniff, draft.columns );
	const whole = problems.filter( ( { column } ) => column === null );
	const choice = targets( fields );
	const next = () => {
		setTold( true );
		if ( columnsAreGood( draft ) ) {
			change( { step: 'options' } );
		}
	};
	return (
		<Fragment>
			<Steps current="columns" hasFile />
			<StepHeading>{ __( 'Which column is what?', 'nxt-cloud-chat' ) }</StepHeading>
			<p>
				<strong>{ fileLabel( draft.file?.name ?? '', fileSize( draft.file?.size ?? 0, boot.locale ) ) }</strong>
			</p>
			<Reading draft={ draft } sniff={ sniff } fields={ fields } />
			{ sniff.problems
				// That a number is missing is said below, as long as it is.
				.filter( ( { code } ) => code !== 'no_phone' )
				.map( ( problem, index ) => {
					const [ what, remedy ] = fileProblem( problem );
					return (
						<Notice key={ index } kind="warning">
							<p>
								<strong>
									{ problem.line > 0
										? /* translators: 1: number of a line, 2: what is wrong with it */
										  sprintf( __( 'Line %1$d: %2$s', 'nxt-cloud-chat' ), problem.line, what )
										: what }
								</strong>{ ' ' }
								{ remedy }
							</p>
						</Notice>
					);
				} ) }
			<table className="widefat nxtchat-columns">
				<thead>
					<tr>
						<th scope="col">{ __( 'Column in your file', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'Examples', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'Becomes', 'nxt-cloud-chat' ) }</th>
					</tr>
				</thead>
				<tbody>
					{ sniff.columns.map( ( column, index ) => {
						const name = columnName( column, index );
						const own = problems.filter( ( problem ) => problem.column === index );
						const isWrong = own.some( ( { isError } ) => isError );
						const id = `nxtchat-column-${ index }`;
						return (
							<tr key={ index } className={ draft.columns[ index ] ? '' : 'is-left' }>
								<th scope="row" dir="auto">
									{ name }
								</th>
								<td>
									{ column.samples.length ? (
										<ul className="nxtchat-columns__samples" dir="auto">
											{ column.samples.map( ( sample, i ) => (
												<li key={ i }>{ sample }</li>
											) ) }
										</ul>
									) : (
										<span className="description">{ __( 'empty', 'nxt-cloud-chat' ) }</span>
									) }
								</td>
								<td>
									<select
										id={ id }
										/* translators: %s: name of a column */
										aria-label={ sprintf( __( '%s becomes', 'nxt-cloud-chat' ), name ) }
										aria-invalid={ isWrong || undefined }
										aria-describedby={ own.length ? `${ id }-problem` : undefined }
										value={ draft.columns[ index ] ?? '' }
										onChange={ ( event ) =>
											change( { columns: sniff.columns.map( ( _, i ) => ( i === index ? event.target.value || null : draft.columns[ i ] ?? null ) ) } )
										}
									>
										<option value="">{ __( 'Leave out', 'nxt-cloud-chat' ) }</option>
										{ [ ...new Set( choice.map( ( target ) => target.group ) ) ].map( ( group ) => (
											<optgroup key={ group } label={ group }>
												{ choice
													.filter( ( target ) => target.group === group )
													.map( ( target ) => (
														<option key={ target.value } value={ target.value }>
															{ target.label }
														</option>
													) ) }
											</optgroup>
										) ) }
									</select>
									{ own.length > 0 && (
										<div id={ `${ id }-problem` } role="status">
											{ own.map( ( problem, i ) => (
												<p key={ i } className={ problem.isError ? 'nxtchat-field__error' : 'nxtchat-columns__warning' }>
													{ problem.message }
												</p>
											) ) }
										</div>
									) }
								</td>
							</tr>
						);
					} ) }
				</tbody>
			</table>
			<p className="description">
				{ __( 'Something else in your file? Make a custom field for it first, under “Custom fields”.', 'nxt-cloud-chat' ) }
			</p>
			<Control
				type="select"
				label={ __( 'Country of numbers without a country code', 'nxt-cloud-chat' ) }
				value={ draft.region }
				options={ [ { value: '', label: __( 'None: every number begins with + and its country code', 'nxt-cloud-chat' ) }, ...countryOptions() ] }
				help={
					needsRegion( sniff, draft.columns ) && ! draft.region
						? __( 'Some numbers here have no country code: choose the country they are from, or they will be left out.', 'nxt-cloud-chat' )
						: __( 'For numbers such as 0151 234567. Those that begin with + or 00 keep their own country.', 'nxt-cloud-chat' )
				}
				onChange={ ( region ) => change( { region } ) }
			/>
			<Preview draft={ draft } fields={ fields } />
			{ whole.map( ( problem, index ) => (
				<Notice key={ index } kind={ isTold ? 'error' : 'warning' }>
					<p>{ problem.message }</p>
				</Notice>
			) ) }
			<div className="nxtchat-import__actions">
				<button type="button" className="button" onClick={ onBack }>
					{ __( 'Choose another file', 'nxt-cloud-chat' ) }
				</button>
				<button type="button" className="button button-primary" onClick={ next }>
					{ __( 'Next: options', 'nxt-cloud-chat' ) }
				</button>
			</div>
		</Fragment>
	);
}

/** How the file is read. Found by itself; open to be corrected. */
function Reading( { draft, sniff, fields }: { draft: Draft; sniff: CsvSniff; fields: Field[] } ) {
	const id = useId();
	return (
		<details className="nxtchat-reading">
			<summary>
				{ sprintf(
					/* translators: 1: an encoding of text, 2: what separates columns */
					__( 'Read as %1$s, columns separated by: %2$s. Looks wrong?', 'nxt-cloud-chat' ),
					encodingLabel( sniff.encoding ),
					delimiterLabel( sniff.delimiter )
				) }
			</summary>
			<div className="nxtchat-reading__controls">
				<Control
					type="select"
					label={ __( 'Letters with accents look wrong? Try another encoding', 'nxt-cloud-chat' ) }
					value={ sniff.encoding }
					options={ ENCODINGS.map( ( value ) => ( { value, label: encodingLabel( value ) } ) ) }
					onChange={ ( encoding ) => void readAs( { encoding }, fields ) }
				/>
				<Control
					type="select"
					label={ __( 'Everything in one column? Try another separator', 'nxt-cloud-chat' ) }
					value={ sniff.delimiter }
					options={ DELIMITERS.map( ( value ) => ( { value, label: delimiterLabel( value ) } ) ) }
					onChange={ ( delimiter ) => void readAs( { delimiter }, fields ) }
				/>
				<label className="nxtchat-choice" htmlFor={ `${ id }-header` }>
					<input id={ `${ id }-header` } type="checkbox" checked={ sniff.header } onChange={ ( event ) => void readAs( { header: event.target.checked }, fields ) } />
					<span>{ __( 'The first row names the columns', 'nxt-cloud-chat' ) }</span>
				</label>
			</div>
			{ draft.reading.encoding || draft.reading.delimiter || draft.reading.header !== undefined ? (
				<button type="button" className="button-link" onClick={ () => void readAs( { encoding: undefined, delimiter: undefined, header: undefined } as object, fields ) }>
					{ __( 'Read it as it was found', 'nxt-cloud-chat' ) }
				</button>
			) : null }
		</details>
	);
}

/** The first rows as they would become. */
function Preview( { draft, fields }: { draft: Draft; fields: Field[] } ) {
	const [ rows, setRows ] = useState< CsvPreview[] >( [] );
	useEffect( () => {
		let isCurrent = true;
		previewRows( draft, fields ).then(
			( found ) => isCurrent && setRows( found.slice( 0, PREVIEW_ROWS ) ),
			() => isCurrent && setRows( [] )
		);
		return () => {
			isCurrent = false;
		};
	}, [ draft, fields ] );
	if ( ! rows.length ) {
		return null;
	}
	const shown = targets( fields ).filter( ( { value } ) => draft.columns.includes( value ) );
	return (
		<div className="nxtchat-preview">
			<h3 id="nxtchat-preview">{ __( 'So the first rows would come in', 'nxt-cloud-chat' ) }</h3>
			<div className="nxtchat-preview__scroll" tabIndex={ 0 } role="region" aria-labelledby="nxtchat-preview">
				<table className="widefat striped">
					<thead>
						<tr>
							{ shown.map( ( { value, label } ) => (
								<th key={ value } scope="col">
									{ label }
								</th>
							) ) }
						</tr>
					</thead>
					<tbody>
						{ rows.map( ( row ) => (
							<tr key={ row.line }>
								{ row.code ? (
									<td colSpan={ shown.length } className="nxtchat-preview__reject">
										{ sprintf(
											/* translators: 1: number of a line, 2: why it is left out, 3: the text in question */
											__( 'Line %1$d is left out: %2$s %3$s', 'nxt-cloud-chat' ),
											row.line,
											rejectLabel( row.reason || row.code ),
											row.value ? `(${ row.value })` : ''
										) }
									</td>
								) : (
									shown.map( ( { value: target } ) => (
										<td key={ target } dir="auto">
											{ row.values.find( ( [ to ] ) => to === target )?.[ 1 ] ?? '' }
										</td>
									) )
								) }
							</tr>
						) ) }
					</tbody>
				</table>
			</div>
			<p className="description">{ __( 'Whether a number exists is checked after the upload, before anything is changed.', 'nxt-cloud-chat' ) }</p>
		</div>
	);
}
