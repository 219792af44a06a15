/** Prices of messages as the owner copies them from Meta: a table of countries, with a column for each category asked for. */
import { createElement, useEffect, useId, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { ApiError, toApiError } from '../core/error';
import { fieldErrors } from '../core/form';
import { countryName, countryOptions } from '../core/places';
import { ErrorNotice, ExternalLink, LoadError, META, Notice, Skeleton } from '../core/ui';
import { Icon } from '../core/icons';
import { fetchRates, saveRates, type Category, type Rates } from './api';
import { ELSEWHERE, pricesOf, rowsOf, wrongFields, type Row } from './rows';
import './rates.css';

/** Currencies in which Meta bills (Cloud API, "Pricing"). */
const CURRENCIES = [ 'USD', 'EUR', 'GBP', 'AUD', 'IDR', 'INR', 'BRL', 'MXN' ];

const asError = ( reason: unknown ): ApiError => ( reason instanceof ApiError ? reason : toApiError( reason ) );
const nameOf = ( country: string ): string => ( country === ELSEWHERE ? __( 'All other countries', 'nxt-cloud-chat' ) : countryName( country ) );

const LABELS: Record< Category, string > = {
	authentication: __( 'Login code', 'nxt-cloud-chat' ),
	utility: __( 'Utility', 'nxt-cloud-chat' ),
	marketing: __( 'Marketing', 'nxt-cloud-chat' ),
	service: __( 'Service', 'nxt-cloud-chat' ),
};

interface Props {
	/** Columns of the table; those of others stay as they are. */
	categories: Category[];
	/** Country that is offered first. */
	home?: string;
	onSaved?: ( rates: Rates ) => void;
}

/** What is typed and not saved, by columns: a person may look at another tab meanwhile. */
const kept = new Map< string, { currency: string; rows: Row[] } >();
addEventListener( 'beforeunload', ( event ) => kept.size > 0 && event.preventDefault() );

export function RatesEditor( { categories, home = '', onSaved }: Props ) {
	const [ saved, setSaved ] = useState< Rates | null >( null );
	const [ error, setError ] = useState< ApiError | null >( null );
	const load = async () => {
		setError( null );
		try {
			setSaved( await fetchRates() );
		} catch ( reason ) {
			setError( asError( reason ) );
		}
	};
	useEffect( () => void load(), [] );
	if ( ! saved ) {
		return error ? <LoadError error={ error } onRetry={ () => void load() } /> : <Skeleton rows={ 2 } label={ __( 'Loading prices', 'nxt-cloud-chat' ) } />;
	}
	const done = ( rates: Rates ) => {
		setSaved( rates );
		onSaved?.( rates );
	};
	return <Table saved={ saved } categories={ categories } home={ home } onSaved={ done } />;
}

interface TableProps {
	saved: Rates;
	categories: Category[];
	home: string;
	onSaved: ( rates: Rates ) => void;
}

function Table( { saved, categories, home, onSaved }: TableProps ) {
	const id = useId();
	const key = categories.join();
	const [ currency, setCurrency ] = useState( () => kept.get( key )?.currency ?? saved.currency );
	const [ rows, setRows ] = useState< Row[] >( () => kept.get( key )?.rows ?? rowsOf( saved, categories, nameOf ) );
	const [ phase, setPhase ] = useState< 'idle' | 'busy' | 'saved' >( 'idle' );
	const [ error, setError ] = useState< ApiError | null >( null );
	const wrong = wrongFields( rows, categories );
	const told = fieldErrors( error );
	const before = JSON.stringify( [ saved.currency, categories.map( ( category ) => pricesOf( rowsOf( saved, categories, nameOf ), category ) ) ] );
	const isDirty = wrong.length > 0 || JSON.stringify( [ currency, categories.map( ( category ) => pricesOf( rows, category ) ) ] ) !== before;
	useEffect( () => {
		if ( isDirty ) {
			kept.set( key, { currency, rows } );
		} else {
			kept.delete( key );
		}
	}, [ isDirty, key, currency, rows ] );

	const change = ( country: string, category: Category, text: string ) => {
		setRows( rows.map( ( row ) => ( row.country === country ? { ...row, texts: { ...row.texts, [ category ]: text } } : row ) ) );
		setPhase( 'idle' );
	};
	const add = ( country: string ) => {
		setRows( [ ...rows.slice( 0, -1 ), { country, texts: {} }, ...rows.slice( -1 ) ] );
		requestAnimationFrame( () => document.getElementById( `${ id }-${ country }-${ categories[ 0 ] }` )?.focus() );
	};
	const submit = async () => {
		if ( wrong.length ) {
			document.querySelector< HTMLElement >( '.nxtchat-rates [aria-invalid="true"]' )?.focus();
			return;
		}
		setPhase( 'busy' );
		setError( null );
		try {
			const rates = await saveRates( { currency, rates: Object.fromEntries( categories.map( ( category ) => [ category, pricesOf( rows, category ) ] ) ) } );
			setCurrency( rates.currency );
			setRows( rowsOf( rates, categories, nameOf ) );
			onSaved( rates );
			setPhase( 'saved' );
		} catch ( reason ) {
			setError( asError( reason ) );
			setPhase( 'idle' );
		}
	};
	const there = rows.map( ( { country } ) => country );
	const addable = countryOptions().filter( ( { value } ) => ! there.includes( value ) );
	const first = addable.find( ( { value } ) => value === home );
	return (
		<form
			className="nxtchat-rates"
			noValidate
			onSubmit={ ( event ) => {
				event.preventDefault();
				void submit();
			} }
		>
			<p className="description">
				{ __( 'Meta bills you for each delivered message, by country, and changes its prices on quarter starts. Copy them from', 'nxt-cloud-chat' ) }{ ' ' }
				<ExternalLink href={ META.pricing }>{ __( 'Meta’s price list', 'nxt-cloud-chat' ) }</ExternalLink>.
			</p>
			<div className={ `nxtchat-field${ told.currency ? ' has-error' : '' }` }>
				<label htmlFor={ `${ id }-currency` }>{ __( 'Currency', 'nxt-cloud-chat' ) }</label>
				<select
					id={ `${ id }-currency` }
					value={ currency }
					aria-invalid={ told.currency ? true : undefined }
					aria-describedby={ told.currency ? `${ id }-currency-error` : undefined }
					onChange={ ( event ) => {
						setCurrency( event.target.value );
						setPhase( 'idle' );
					} }
				>
					<option value="">{ __( 'Choose…', 'nxt-cloud-chat' ) }</option>
					{ [ ...new Set( [ ...CURRENCIES, ...( currency ? [ currency ] : [] ) ] ) ].map( ( code ) => (
						<option key={ code }>{ code }</option>
					) ) }
				</select>
				{ told.currency && (
					<p id={ `${ id }-currency-error` } className="nxtchat-field__error">
						{ told.currency }
					</p>
				) }
			</div>
			<table className="nxtchat-rates__table">
				<caption className="screen-reader-text">{ __( 'Price of one delivered message', 'nxt-cloud-chat' ) }</caption>
				<thead>
					<tr>
						<th scope="col">{ __( 'Number’s country', 'nxt-cloud-chat' ) }</th>
						{ categories.map( ( category ) => (
							<th key={ category } scope="col">
								{ LABELS[ category ] }
							</th>
						) ) }
						<td />
					</tr>
				</thead>
				<tbody>
					{ rows.map( ( { country, texts } ) => (
						<tr key={ country }>
							<th scope="row">{ nameOf( country ) }</th>
							{ categories.map( ( category ) => {
								const path = `rates.${ category }.${ country }`;
								const mistake = wrong.includes( path ) ? __( 'Write a price, as 0.05.', 'nxt-cloud-chat' ) : told[ path ];
								return (
									<td key={ category } className={ mistake ? 'has-error' : undefined }>
										<input
											id={ `${ id }-${ country }-${ category }` }
											type="text"
											inputMode="decimal"
											autoComplete="off"
											className="small-text"
											value={ texts[ category ] ?? '' }
											placeholder="—"
											aria-label={ /* translators: 1: kind of message, 2: a country */ sprintf( __( '%1$s, %2$s', 'nxt-cloud-chat' ), LABELS[ category ], nameOf( country ) ) }
											aria-invalid={ mistake ? true : undefined }
											aria-describedby={ mistake ? `${ id }-${ country }-${ category }-error` : undefined }
											onChange={ ( event ) => change( country, category, event.target.value ) }
										/>
										{ mistake && (
											<p id={ `${ id }-${ country }-${ category }-error` } className="nxtchat-field__error">
												{ mistake }
											</p>
										) }
									</td>
								);
							} ) }
							<td>
								{ country !== ELSEWHERE && (
									<button
										type="button"
										className="nxtchat-iconbutton"
										aria-label={ /* translators: %s: a country */ sprintf( __( 'Remove %s', 'nxt-cloud-chat' ), nameOf( country ) ) }
										onClick={ () => {
											setRows( rows.filter( ( row ) => row.country !== country ) );
											setPhase( 'idle' );
										} }
									>
										<Icon name="cross" size={ 16 } />
									</button>
								) }
							</td>
						</tr>
					) ) }
				</tbody>
			</table>
			<div className="nxtchat-rates__foot">
				<label className="screen-reader-text" htmlFor={ `${ id }-add` }>
					{ __( 'Add a country', 'nxt-cloud-chat' ) }
				</label>
				<select id={ `${ id }-add` } value="" onChange={ ( event ) => add( event.target.value ) }>
					<option value="">{ __( 'Add a country…', 'nxt-cloud-chat' ) }</option>
					{ ( first ? [ first, ...addable.filter( ( one ) => one !== first ) ] : addable ).map( ( { value, label } ) => (
						<option key={ value } value={ value }>
							{ label }
						</option>
					) ) }
				</select>
				<button type="submit" className="button" disabled={ phase === 'busy' || ! isDirty }>
					{ phase === 'busy' ? __( 'Saving…', 'nxt-cloud-chat' ) : __( 'Save prices', 'nxt-cloud-chat' ) }
				</button>
			</div>
			{ error && ! Object.keys( told ).length && <ErrorNotice error={ error } /> }
			{ phase === 'saved' && (
				<Notice kind="success" onDismiss={ () => setPhase( 'idle' ) }>
					<p>{ __( 'Prices saved. They count from now on.', 'nxt-cloud-chat' ) }</p>
				</Notice>
			) }
		</form>
	);
}
