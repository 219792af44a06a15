'use strict';

/** How often the open chat and the list are asked for, ms. */
const CHAT_EVERY = 700;
const LIST_EVERY = 2500;
const EMOJI = [ '👍', '❤️', '😂', '😮', '😢', '🙏' ];

const $ = ( id ) => document.getElementById( id );
let customer = decodeURIComponent( location.pathname.split( '/' )[ 2 ] || '' );
let version = '';
let chat = null;
let quoting = null;
let listed = '';

/** Makes an element; strings become text, never HTML. */
function el( tag, attributes = {}, ...children ) {
	const node = document.createElement( tag );
	for ( const [ name, value ] of Object.entries( attributes ) ) {
		if ( typeof value === 'function' ) {
			node.addEventListener( name, value );
		} else if ( value !== undefined && value !== false ) {
			node.setAttribute( name, value === true ? '' : value );
		}
	}
	node.append( ...children.filter( ( c ) => c !== null && c !== undefined && c !== '' ) );
	return node;
}

function icon( path, name = '' ) {
	const svg = document.createElementNS( 'http://www.w3.org/2000/svg', 'svg' );
	svg.setAttribute( 'viewBox', '0 0 24 24' );
	svg.setAttribute( 'aria-hidden', 'true' );
	svg.setAttribute( 'class', name );
	const shape = document.createElementNS( 'http://www.w3.org/2000/svg', 'path' );
	shape.setAttribute( 'd', path );
	svg.append( shape );
	return svg;
}

async function call( path, body, method = body === undefined ? 'GET' : 'POST' ) {
	const answer = await fetch( '/sim' + path, { method, body: body === undefined ? undefined : JSON.stringify( body ) } );
	if ( answer.status === 204 ) {
		return null;
	}
	const json = await answer.json();
	if ( ! answer.ok ) {
		throw new Error( json.error || 'The simulator refused that.' );
	}
	return json;
}

function notice( text ) {
	$( 'notice' ).hidden = ! text;
	$( 'notice' ).textContent = text;
}

/** WhatsApp markup: *bold* _italic_ ~strike~ `code` ```block```. */
function markup( text ) {
	const out = document.createDocumentFragment();
	const pattern = /```([\s\S]+?)```|`([^`\n]+)`|(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])|(?<![\w_])_(\S(?:[^_\n]*\S)?)_(?![\w_])|(?<![\w~])~(\S(?:[^~\n]*\S)?)~(?![\w~])/g;
	let at = 0;
	for ( const m of text.matchAll( pattern ) ) {
		out.append( text.slice( at, m.index ) );
		if ( m[ 1 ] || m[ 2 ] ) {
			out.append( el( 'code', {}, m[ 1 ] || m[ 2 ] ) );
		} else {
			out.append( el( m[ 3 ] ? 'strong' : m[ 4 ] ? 'em' : 's', {}, markup( m[ 3 ] || m[ 4 ] || m[ 5 ] ) ) );
		}
		at = m.index + m[ 0 ].length;
	}
	out.append( text.slice( at ) );
	return out;
}

function initials( name ) {
	return name.split( /\s+/ ).filter( Boolean ).slice( 0, 2 ).map( ( w ) => [ ...w ][ 0 ] ).join( '' ).toUpperCase();
}

function dress( node, person ) {
	node.textContent = initials( person.name );
	let hue = 0;
	for ( const c of person.id ) {
		hue = ( hue * 31 + c.charCodeAt( 0 ) ) % 360;
	}
	node.style.setProperty( '--hue', hue );
}

const clock = ( ms ) => new Date( ms ).toLocaleTimeString( [], { hour: '2-digit', minute: '2-digit' } );
const day = ( ms ) => new Date( ms ).toLocaleDateString( [], { weekday: 'long', day: 'numeric', month: 'long' } );

/** A line of words for lists and quotes. */
function gist( line ) {
	const m = line.message;
	const o = m[ m.type ] || {};
	switch ( m.type ) {
		case 'text': return o.body;
		case 'image': return '📷 ' + ( o.caption || 'Photo' );
		case 'video': return '🎥 ' + ( o.caption || 'Video' );
		case 'audio': return '🎤 Voice message';
		case 'document': return '📄 ' + ( o.filename || 'Document' );
		case 'sticker': return 'Sticker';
		case 'location': return '📍 ' + ( o.name || 'Location' );
		case 'contacts': return '👤 Contact';
		case 'button': return o.text;
		case 'template': return templateText( o ) || o.name;
		case 'interactive': return ( o.body && o.body.text ) || ( o.button_reply || o.list_reply || {} ).title || 'Form';
		default: return m.type;
	}
}

/** Texts of the templates that are registered, by name and language. */
const registered = new Map();
const keyOf = ( template ) => template.name + '/' + ( ( template.language || {} ).code || template.language );

/** Fetches the texts once for each template that a message names and that is not known yet. */
async function learn( messages ) {
	const wanted = messages.filter( ( m ) => m.type === 'template' && m.template && ! registered.has( keyOf( m.template ) ) );
	if ( ! wanted.length ) {
		return;
	}
	wanted.forEach( ( m ) => registered.set( keyOf( m.template ), [] ) );
	( await call( '/templates' ) ).items.forEach( ( one ) => registered.set( keyOf( one ), one.components ) );
}

const part = ( list, type ) => ( list || [] ).find( ( c ) => ( c.type || '' ).toLowerCase() === type );
const filler = ( p ) => p.text || ( p.currency || p.date_time || {} ).fallback_value || '';

/** The text of a template's part, as it was registered, with what was sent for its variables; '' without one. */
function filled( own, components, type ) {
	const sent = ( part( components, type ) || {} ).parameters || [];
	return ( ( part( own, type ) || {} ).text || '' ).replace( /\{\{\s*(\w+)\s*\}\}/g, ( sign, name ) => {
		const value = /^\d+$/.test( name ) ? sent[ name - 1 ] : sent.find( ( p ) => p.parameter_name === name );
		return value ? filler( value ) : sign;
	} );
}

const ownOf = ( template ) => registered.get( keyOf( template ) ) || [];
const values = ( template ) => ( ( part( template.components, 'body' ) || {} ).parameters || [] ).map( filler );

function templateText( template ) {
	const own = ownOf( template );
	if ( ( ( part( own, 'buttons' ) || {} ).buttons || [] ).some( ( b ) => b.type === 'OTP' ) ) {
		return '*' + values( template ).join() + '* is your verification code.' + ( part( own, 'body' ).add_security_recommendation ? ' For your security, do not share this code.' : '' );
	}
	return filled( own, template.components, 'body' ) || values( template ).join( ' · ' );
}

function source( media ) {
	return media.id ? '/sim/media/' + encodeURIComponent( media.id ) : media.link;
}

function media( type, o ) {
	const url = source( o );
	switch ( type ) {
		case 'image':
		case 'sticker':
			return el( 'img', { src: url, alt: o.caption || ( type === 'image' ? 'Photo' : 'Sticker' ), loading: 'lazy' } );
		case 'video':
		case 'gif':
			return el( 'video', { src: url, controls: true } );
		case 'audio':
			return el( 'audio', { src: url, controls: true } );
		default:
			return el( 'a', { class: 'file', href: url, target: '_blank', rel: 'noopener' }, icon( 'M6 3h8l5 5v13H6zM14 3v5h5' ), o.filename || 'Document' );
	}
}

function interactive( line, o ) {
	const parts = [];
	if ( o.header ) {
		parts.push( o.header.type === 'text' ? el( 'div', { class: 'head' }, o.header.text ) : media( o.header.type, o.header[ o.header.type ] || {} ) );
	}
	if ( o.body ) {
		parts.push( el( 'div', { class: 'body' }, markup( o.body.text ) ) );
	}
	if ( o.footer ) {
		parts.push( el( 'div', { class: 'foot' }, o.footer.text ) );
	}
	for ( const reply of [ o.button_reply, o.list_reply ].filter( Boolean ) ) {
		parts.push( el( 'div', { class: 'body' }, reply.title ), reply.description ? el( 'div', { class: 'foot' }, reply.description ) : null );
	}
	if ( o.nfm_reply ) {
		parts.push( el( 'div', { class: 'body' }, 'Form sent' ) );
	}
	if ( line.outbound ) {
		parts.push( actions( line, o ) );
	}
	return parts;
}

function actions( line, o ) {
	const action = o.action || {};
	const rows = [];
	const answered = chat.lines.some( ( l ) => ! l.outbound && l.message.context && l.message.context.id === line.wamid && l.message.type === 'interactive' );
	if ( o.type === 'button' ) {
		for ( const b of action.buttons || [] ) {
			rows.push( el( 'button', { type: 'button', disabled: answered, click: () => write( { type: 'button_reply', id: b.reply.id, title: b.reply.title, reply_to: line.wamid } ) }, b.reply.title ) );
		}
	} else if ( o.type === 'list' ) {
		rows.push( el( 'button', { type: 'button', click: () => openList( line, o ) }, '☰ ' + action.button ) );
	} else if ( o.type === 'cta_url' ) {
		rows.push( el( 'a', { href: action.parameters.url, target: '_blank', rel: 'noopener noreferrer' }, action.parameters.display_text + ' ↗' ) );
	} else if ( o.type === 'location_request_message' ) {
		rows.push( el( 'button', { type: 'button', click: () => write( { type: 'location', reply_to: line.wamid } ) }, '📍 Send location' ) );
	} else if ( o.type === 'flow' ) {
		rows.push( el( 'button', { type: 'button', click: () => write( { type: 'nfm_reply', reply_to: line.wamid } ) }, ( action.parameters || {} ).flow_cta || 'Open' ) );
	}
	return rows.length ? el( 'div', { class: 'buttons' }, ...rows ) : null;
}

function openList( line, o ) {
	$( 'sheet-title' ).textContent = o.action.button;
	$( 'sheet-rows' ).replaceChildren( ...o.action.sections.flatMap( ( section ) => [
		section.title ? el( 'h3', {}, section.title ) : null,
		...section.rows.map( ( row ) => el( 'button', { type: 'button', click: () => {
			$( 'sheet' ).close();
			write( { type: 'list_reply', id: row.id, title: row.title, caption: row.description, reply_to: line.wamid } );
		} }, row.title, row.description ? el( 'small', {}, row.description ) : null ) ),
	] ).filter( Boolean ) );
	$( 'sheet' ).showModal();
}

function template( line, o ) {
	const own = ownOf( o );
	const offer = ( part( own, 'limited_time_offer' ) || {} ).limited_time_offer;
	const minutes = ( part( own, 'footer' ) || {} ).code_expiration_minutes;
	const foot = minutes ? 'This code expires in ' + minutes + ' minute' + ( minutes === 1 ? '.' : 's.' ) : filled( own, o.components, 'footer' );
	const cards = ( part( own, 'carousel' ) || {} ).cards || [];
	const sent = ( part( o.components, 'carousel' ) || {} ).cards || [];
	return [
		...templateHead( own, o.components ),
		offer && el( 'div', { class: 'head' }, '🎁 ' + offer.text ),
		el( 'div', { class: 'body' }, markup( templateText( o ) || '(no variables)' ) ),
		foot && el( 'div', { class: 'foot' }, foot ),
		el( 'div', { class: 'foot' }, 'Template ' + o.name + ' · ' + ( o.language || {} ).code ),
		sent.length ? el( 'div', { class: 'cards', tabindex: '0', role: 'group', 'aria-label': 'Cards' }, ...sent.map( ( card, at ) => {
			const of = ( cards[ at ] || cards[ cards.length - 1 ] || {} ).components;
			const text = filled( of, card.components, 'body' );
			return el( 'div', { class: 'card' }, ...templateHead( of, card.components ), text && el( 'div', { class: 'body' }, markup( text ) ), templateButtons( line, of, card.components ) );
		} ) ) : null,
		templateButtons( line, own, o.components ),
	];
}

/** The header of a template or of a card. */
function templateHead( own, components ) {
	const first = ( ( part( components, 'header' ) || {} ).parameters || [] )[ 0 ] || {};
	if ( first.type === 'location' ) {
		return [ place( first.location ) ];
	}
	if ( first.type === 'product' ) {
		return [ el( 'div', { class: 'file' }, '🛍 ', ( first.product || {} ).product_retailer_id ) ];
	}
	if ( first.type && first.type !== 'text' && first[ first.type ] ) {
		return [ media( first.type, first[ first.type ] ) ];
	}
	const text = filled( own, components, 'header' ) || first.text;
	return text ? [ el( 'div', { class: 'head' }, text ) ] : [];
}

/** The buttons of a template or of a card: those that answer, lead elsewhere or copy do so; what opens in WhatsApp itself only stands there. */
function templateButtons( line, own, components ) {
	const sent = ( components || [] ).filter( ( c ) => ( c.type || '' ).toLowerCase() === 'button' );
	const value = ( c ) => ( ( c || {} ).parameters || [] )[ 0 ] || {};
	const known = ( part( own, 'buttons' ) || {} ).buttons;
	const rows = known
		? known.map( ( b, index ) => [ b, value( sent.find( ( c ) => Number( c.index ) === index ) ) ] )
		: sent.filter( ( c ) => ( c.sub_type || '' ).toLowerCase() === 'quick_reply' ).map( ( c ) => [ { type: 'QUICK_REPLY', text: value( c ).payload || 'Reply' }, value( c ) ] );
	return rows.length ? el( 'div', { class: 'buttons' }, ...rows.map( ( [ b, sentValue ] ) => templateButton( line, b, sentValue ) ) ) : null;
}

function templateButton( line, b, sent ) {
	const link = ( href ) => ( /^(https?|tel):/i.test( href ) ? el( 'a', { href, target: '_blank', rel: 'noopener noreferrer' }, b.text ) : el( 'button', { type: 'button', disabled: true }, b.text ) );
	switch ( b.type ) {
		case 'QUICK_REPLY':
			return el( 'button', { type: 'button', click: () => write( { type: 'button', id: sent.payload || b.text, title: b.text, reply_to: line.wamid } ) }, b.text );
		case 'URL':
			return link( ( b.url || '' ).replace( /\{\{.*$/, sent.text || '' ) );
		case 'PHONE_NUMBER':
			return link( 'tel:' + b.phone_number );
		case 'COPY_CODE':
		case 'OTP': {
			const code = sent.coupon_code || sent.text || '';
			return el( 'button', { type: 'button', title: code, click: () => navigator.clipboard && navigator.clipboard.writeText( code ) }, b.text || 'Copy code' );
		}
		default:
			return el( 'button', { type: 'button', disabled: true }, b.text || b.type );
	}
}

const place = ( o ) => el( 'div', { class: 'file' }, '📍 ', el( 'span', {}, o.name || 'Location', el( 'div', { class: 'foot' }, o.address || o.latitude + ', ' + o.longitude ) ) );

function content( line ) {
	const m = line.message;
	const o = m[ m.type ] || {};
	switch ( m.type ) {
		case 'text':
			return [ el( 'div', { class: 'body' }, markup( o.body || '' ) ) ];
		case 'image':
		case 'video':
		case 'audio':
		case 'document':
		case 'sticker':
			return [ media( m.type, o ), o.caption ? el( 'div', { class: 'body' }, markup( o.caption ) ) : null ];
		case 'location':
			return [ place( o ) ];
		case 'contacts':
			return o.map( ( c ) => el( 'div', { class: 'file' }, '👤 ', el( 'span', {}, c.name.formatted_name, el( 'div', { class: 'foot' }, ( ( c.phones || [] )[ 0 ] || {} ).phone || '' ) ) ) );
		case 'interactive':
			return interactive( line, o );
		case 'template':
			return template( line, o );
		default:
			return [ el( 'div', { class: 'body' }, gist( line ) ) ];
	}
}

const STATES = { accepted: 'on its way', sent: 'sent', delivered: 'delivered', read: 'read', played: 'played', failed: 'failed' };

function ticks( state ) {
	const path = state === 'sent' ? 'M4 13l5 5L20 6' : 'M1 13l5 5L15 7M10.500 16.500l1.500 1.500L22 7';
	const svg = icon( path, 'ticks ' + state );
	svg.setAttribute( 'role', 'img' );
	svg.removeAttribute( 'aria-hidden' );
	svg.setAttribute( 'aria-label', STATES[ state ] || state );
	return svg;
}

function draw( line, before ) {
	const mine = ! line.outbound;
	const first = ! before || before.outbound !== line.outbound;
	const quotedId = line.message.context && ( line.message.context.id || line.message.context.message_id );
	const quoted = quotedId && chat.lines.find( ( l ) => l.wamid === quotedId );
	const reactions = [ line.reaction_in, line.reaction_out ].filter( Boolean ).join( '' );
	const parts = content( line ).filter( Boolean );
	const last = parts.length && parts[ parts.length - 1 ].className === 'buttons' ? parts.pop() : null;
	const bubble = el( 'div', { class: 'bubble' },
		quoted ? el( 'div', { class: 'reply' }, gist( quoted ) || '' ) : null,
		...parts,
		el( 'div', { class: 'meta' }, el( 'time', {}, clock( line.at_ms ) ), mine ? ticks( line.state ) : null ),
		last,
		reactions ? el( 'div', { class: 'reactions' }, reactions ) : null
	);
	const tools = el( 'div', { class: 'tools' },
		el( 'button', { type: 'button', 'aria-label': 'Reply to: ' + gist( line ), title: 'Reply', click: () => quote( line ) }, icon( 'M9 6l-6 6 6 6M3 12h10a7 7 0 0 1 7 7' ) ),
		el( 'button', { type: 'button', 'aria-label': 'React to: ' + gist( line ), title: 'React', click: ( e ) => react( e.currentTarget, line ) }, icon( 'M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18zM8.500 14.500a4.500 4.500 0 0 0 7 0M9 9.500v.01M15 9.500v.01' ) )
	);
	const who = mine ? 'You' : 'Business';
	return el( 'div', { class: 'line' + ( mine ? ' mine' : '' ) + ( first ? ' first' : '' ) + ( reactions ? ' has-reaction' : '' ), role: 'group', 'aria-label': who + ', ' + clock( line.at_ms ) }, bubble, tools );
}

function react( button, line ) {
	document.querySelectorAll( '.emoji' ).forEach( ( e ) => e.remove() );
	const send = ( emoji ) => write( { type: 'reaction', emoji: emoji === line.reaction_in ? '' : emoji, reply_to: line.wamid } );
	const box = el( 'div', { class: 'emoji', role: 'group', 'aria-label': 'Reactions', keydown: ( e ) => e.key === 'Escape' && ( box.remove(), button.focus() ) },
		...EMOJI.map( ( emoji ) => el( 'button', { type: 'button', 'aria-label': 'React ' + emoji, click: () => ( box.remove(), send( emoji ) ) }, emoji ) ) );
	button.closest( '.line' ).append( box );
	box.firstChild.focus();
}

function quote( line ) {
	quoting = line;
	$( 'quote' ).hidden = ! line;
	$( 'quoted' ).textContent = line ? gist( line ) : '';
	$( 'text' ).focus();
}

function render() {
	const c = chat.customer;
	dress( $( 'avatar' ), c );
	$( 'title' ).textContent = c.name;
	$( 'subtitle' ).textContent = [ c.phone && '+' + c.phone, c.username && '@' + c.username.replace( /^@/, '' ), c.bsuid_only && 'number hidden' ].filter( Boolean ).join( ' · ' );
	$( 'block' ).textContent = c.blocked ? 'Unblock' : 'Block';
	$( 'block' ).setAttribute( 'aria-pressed', c.blocked );
	$( 'text' ).disabled = c.blocked;
	notice( c.blocked ? 'You blocked this business. Its messages no longer arrive.' : '' );
	if ( $( 'number' ).options.length !== chat.numbers.length ) {
		$( 'number' ).replaceChildren( ...chat.numbers.map( ( n ) => el( 'option', { value: n.id }, n.name + ' ' + n.display ) ) );
		$( 'number-row' ).hidden = chat.numbers.length < 2;
	}
	const lines = $( 'lines' );
	const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 80;
	const nodes = [];
	let before = null;
	const arrived = chat.lines.filter( ( l ) => ! l.outbound || [ 'delivered', 'read', 'played' ].includes( l.state ) );
	for ( const line of arrived ) {
		if ( ! before || day( before.at_ms ) !== day( line.at_ms ) ) {
			nodes.push( el( 'div', { class: 'day' }, day( line.at_ms ) ) );
			before = null;
		}
		nodes.push( draw( line, before ) );
		before = line;
	}
	if ( chat.typing ) {
		nodes.push( el( 'div', { class: 'line first' }, el( 'div', { class: 'bubble typing', role: 'status', 'aria-label': 'The business is typing' }, el( 'i' ), el( 'i' ), el( 'i' ) ) ) );
	}
	lines.replaceChildren( ...nodes );
	if ( atEnd ) {
		lines.scrollTop = lines.scrollHeight;
	}
}

async function refresh() {
	if ( ! customer || document.hidden ) {
		return;
	}
	const id = encodeURIComponent( customer );
	try {
		const news = await call( '/customers/' + id + '/chat?open=1&version=' + version );
		if ( news ) {
			version = news.version;
			chat = news;
			await learn( chat.lines.map( ( { message } ) => message ) );
			if ( ! document.querySelector( '.emoji' ) ) {
				render();
			}
			if ( chat.lines.some( ( l ) => l.outbound && l.state === 'delivered' ) ) {
				await call( '/customers/' + id + '/read', {} );
			}
		}
	} catch ( error ) {
		notice( error.message );
	}
}

async function write( message ) {
	try {
		await call( '/customers/' + encodeURIComponent( customer ) + '/write', { to: $( 'number' ).value || undefined, ...message } );
		quote( null );
		$( 'lines' ).scrollTop = $( 'lines' ).scrollHeight;
		await refresh();
		$( 'lines' ).scrollTop = $( 'lines' ).scrollHeight;
	} catch ( error ) {
		notice( error.message );
	}
}

async function list() {
	if ( document.hidden ) {
		return;
	}
	const all = await call( '/customers' ).catch( () => null );
	const now = JSON.stringify( all );
	if ( ! all || now === listed ) {
		return;
	}
	listed = now;
	$( 'list' ).replaceChildren( ...all.items.map( ( c ) => {
		const avatar = el( 'span', { class: 'avatar', 'aria-hidden': 'true' } );
		dress( avatar, c );
		return el( 'li', {}, el( 'a', { class: 'person', href: '/phone/' + encodeURIComponent( c.id ), 'aria-current': c.id === customer ? 'true' : undefined },
			avatar,
			el( 'div', { class: 'text' }, el( 'div', { class: 'name' }, c.name ), c.last ? gist( c.last ) || '' : 'No messages yet' ),
			el( 'div', { class: 'when' }, c.last ? clock( c.last.at_ms ) : '', c.unread && c.id !== customer ? el( 'div', {}, el( 'span', { class: 'badge', 'aria-label': c.unread + ' unread' }, String( c.unread ) ) ) : null )
		) );
	} ) );
}

function grow() {
	const t = $( 'text' );
	t.style.height = 'auto';
	t.style.height = Math.min( t.scrollHeight + 2, 140 ) + 'px';
}

$( 'composer' ).addEventListener( 'submit', ( e ) => {
	e.preventDefault();
	const text = $( 'text' ).value.trim();
	if ( text ) {
		$( 'text' ).value = '';
		grow();
		write( { type: 'text', text, reply_to: quoting ? quoting.wamid : undefined } );
	}
} );
$( 'text' ).addEventListener( 'input', grow );
$( 'text' ).addEventListener( 'keydown', ( e ) => {
	if ( e.key === 'Enter' && ! e.shiftKey && ! e.isComposing ) {
		e.preventDefault();
		$( 'composer' ).requestSubmit();
	}
} );
$( 'unquote' ).addEventListener( 'click', () => quote( null ) );
$( 'attach' ).addEventListener( 'click', () => $( 'file' ).click() );
$( 'file' ).addEventListener( 'change', async () => {
	const file = $( 'file' ).files[ 0 ];
	$( 'file' ).value = '';
	if ( ! file ) {
		return;
	}
	try {
		const answer = await fetch( '/sim/customers/' + encodeURIComponent( customer ) + '/upload', { method: 'POST', body: file, headers: { 'Content-Type': file.type || 'application/octet-stream' } } );
		const stored = await answer.json();
		if ( ! answer.ok ) {
			throw new Error( stored.error );
		}
		const caption = $( 'text' ).value.trim();
		$( 'text' ).value = '';
		grow();
		await write( { type: stored.type, media: stored.media, filename: file.name, caption: caption || undefined } );
	} catch ( error ) {
		notice( error.message );
	}
} );
$( 'block' ).addEventListener( 'click', async () => {
	await call( '/customers/' + encodeURIComponent( customer ) + '/block', { blocked: ! chat.customer.blocked } ).catch( ( e ) => notice( e.message ) );
	refresh();
} );
$( 'new' ).addEventListener( 'click', () => $( 'dialog' ).showModal() );
$( 'make-cancel' ).addEventListener( 'click', () => $( 'dialog' ).close() );
$( 'sheet-close' ).addEventListener( 'click', () => $( 'sheet' ).close() );
$( 'make' ).addEventListener( 'submit', async ( e ) => {
	e.preventDefault();
	try {
		const made = await call( '/customers', { name: $( 'make-name' ).value, phone: $( 'make-phone' ).value, username: $( 'make-username' ).value || undefined, bsuid_only: $( 'make-bsuid' ).checked } );
		location.assign( '/phone/' + encodeURIComponent( made.id ) );
	} catch ( error ) {
		$( 'make-error' ).textContent = error.message;
	}
} );
document.addEventListener( 'click', ( e ) => {
	if ( ! e.target.closest( '.emoji, .tools' ) ) {
		document.querySelectorAll( '.emoji' ).forEach( ( box ) => box.remove() );
	}
} );
document.addEventListener( 'visibilitychange', () => {
	version = '';
	refresh();
	list();
} );

if ( customer ) {
	$( 'app' ).classList.add( 'is-open' );
	$( 'chat' ).hidden = false;
	$( 'empty' ).hidden = true;
	refresh();
	setInterval( refresh, CHAT_EVERY );
}
list();
setInterval( list, LIST_EVERY );
