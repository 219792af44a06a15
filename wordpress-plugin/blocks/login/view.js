/* The login form: number, code, or a word sent to us; and the same for binding a number to an account. Without this script the browser sends the form by itself. */
/* global AbortController, document, fetch, location, navigator, sessionStorage, URLSearchParams, window */
( function () {
	const TIMEOUT_MS = 20000;
	const POLL_MS = 2000;
	/** What survives a reload: on a phone, the browser's tab is often dropped while WhatsApp is in front. */
	const KEPT = 'nxtchat-login';
	/** The zeros of the scripts whose digits people paste. */
	const ZEROS = [ 0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xff10 ];
	/** Whom a calling code of several countries means first. */
	const FIRST = [ 'US', 'RU', 'GB', 'AU', 'IT', 'NO', 'MA', 'FI', 'GP', 'RE', 'CW', 'SH' ];

	function ascii( text ) {
		return text.replace( /\p{Nd}/gu, ( digit ) => {
			const value = ZEROS.map( ( zero ) => digit.codePointAt( 0 ) - zero ).find( ( n ) => n >= 0 && n < 10 );
			return value === undefined ? digit : value;
		} );
	}

	/** The code in what was typed or pasted, which may be the whole message. */
	function codeIn( text, digits ) {
		const plain = ascii( text );
		const alone = plain.match( new RegExp( '(?:^|\\D)(\\d{' + digits + '})(?!\\d)' ) );
		return alone ? alone[ 1 ] : plain.replace( /\D/g, '' ).slice( 0, digits );
	}

	/** The country of an international number: that of the longest calling code, the chosen one among several; '' for a national number. */
	function countryOf( text, countries, chosen ) {
		const number = ascii( text ).replace( /[^\d+]/g, '' ).replace( /^00/, '+' );
		const fit = countries.filter( ( [ , calling ] ) => number.startsWith( '+' + calling ) );
		const longest = Math.max( ...fit.map( ( [ , calling ] ) => calling.length ) );
		const best = fit.filter( ( [ , calling ] ) => calling.length === longest ).map( ( [ code ] ) => code );
		return best.find( ( code ) => code === chosen ) || best.find( ( code ) => FIRST.includes( code ) ) || best[ 0 ] || '';
	}

	/** A number stays in order among words that run from right to left. */
	function ltr( number ) {
		return '\u2066' + number + '\u2069';
	}

	function clock( ms ) {
		const s = Math.max( 0, Math.ceil( ms / 1000 ) );
		return Math.floor( s / 60 ) + ':' + String( s % 60 ).padStart( 2, '0' );
	}

	function begin( root, first ) {
		const texts = JSON.parse( root.dataset.texts );
		const binds = root.dataset.nxtchatLogin === 'bind';
		const all = ( name ) => [ ...root.querySelectorAll( '[data-' + name + ']' ) ];
		const one = ( name ) => root.querySelector( '[data-' + name + ']' );
		const button = ( name ) => root.querySelector( '[data-do="' + name + '"]' );
		const field = ( name ) => root.querySelector( '[name="' + name + '"]' );
		const country = field( 'country' );
		const phone = field( 'phone' );
		const code = field( 'code' );
		let step = '';
		let now = null; // The challenge: token, digits, moments in ms.
		let tried = '';
		let ticking = 0;
		let polling = 0;

		function say( text ) {
			one( 'status' ).textContent = text;
		}

		/** The way past a page that asks for a number opens as soon as something does not work. */
		function exit( closed ) {
			document.querySelectorAll( '[data-nxtchat-exit]' ).forEach( ( way ) => ( way.hidden = closed ) );
		}

		/** What is wrong, read out at once. */
		function tell( text, input ) {
			const place = root.querySelector( '[data-step="' + step + '"] [data-problem]' );
			all( 'problem' ).forEach( ( other ) => ( other.textContent = '' ) );
			[ phone, code ].forEach( ( other ) => other.removeAttribute( 'aria-invalid' ) );
			if ( ! text || ! place ) {
				return;
			}
			say( '' );
			place.textContent = text;
			exit( false );
			if ( input ) {
				input.setAttribute( 'aria-invalid', 'true' );
				input.focus();
				input.select();
			}
		}

		function show( name, focus ) {
			step = name;
			all( 'step' ).forEach( ( part ) => {
				part.hidden = part.dataset.step !== name;
				part.querySelectorAll( 'input, select' ).forEach( ( input ) => ( input.disabled = part.hidden ) );
			} );
			tell( '' );
			if ( focus ) {
				focus.focus();
			}
		}

		function keep() {
			try {
				if ( now && ! binds ) {
					sessionStorage.setItem( KEPT, JSON.stringify( now ) );
				} else {
					sessionStorage.removeItem( KEPT );
				}
			} catch {}
		}

		function end() {
			window.clearInterval( ticking );
			window.clearTimeout( polling );
			ticking = polling = 0;
		}

		async function ask( route, body, method, quiet ) {
			const stop = new AbortController();
			const timer = window.setTimeout( () => stop.abort(), TIMEOUT_MS );
			const headers = { Accept: 'application/json' };
			if ( root.dataset.nonce ) {
				headers[ 'X-WP-Nonce' ] = root.dataset.nonce;
			}
			if ( ! quiet ) {
				root.dataset.busy = '1';
			}
			try {
				const response = await fetch( root.dataset.base + route, { method: method || 'POST', body: new URLSearchParams( body ), headers, credentials: 'same-origin', signal: stop.signal } );
				const data = await response.json().catch( () => ( { message: texts.failed } ) );
				if ( data.code === 'rest_cookie_invalid_nonce' ) {
					data.message = texts.old;
				}
				return { ok: response.ok, code: '', message: texts.failed, ...data.data, ...data };
			} catch {
				return { ok: false, code: '', message: navigator.onLine === false ? texts.offline : texts.failed };
			} finally {
				window.clearTimeout( timer );
				if ( ! quiet ) {
					delete root.dataset.busy;
				}
			}
		}

		function tick() {
			const wait = now.resend - Date.now();
			const again = button( 'again' );
			if ( wait > 0 ) {
				again.setAttribute( 'aria-disabled', 'true' );
				one( 'clock' ).textContent = texts.in.replace( '%s', clock( wait ) );
			} else if ( again.getAttribute( 'aria-disabled' ) ) {
				again.removeAttribute( 'aria-disabled' );
				one( 'clock' ).textContent = '';
				exit( false );
				say( texts.again );
			}
			if ( Date.now() > now.expires && ! now.over ) {
				over( texts.expired );
			}
		}

		/** The code is good for nothing any more: what is left is a new one, another number, or the password. */
		function over( text ) {
			now.over = true;
			keep();
			code.value = '';
			tell( text );
			code.disabled = true;
			usable( false );
			( button( 'again' ).getAttribute( 'aria-disabled' ) ? button( 'other' ) : button( 'again' ) ).focus();
		}

		/** Shows or hides what asks for a code. */
		function usable( yes ) {
			[ one( 'to' ), code.closest( 'p' ), button( 'check' ) ].forEach( ( part ) => ( part.hidden = ! yes ) );
		}

		/** Worth saying only when it becomes scarce. */
		function left( count ) {
			one( 'left' ).textContent = count > 0 && count < 4 ? texts.left.replace( '%s', count ) : '';
		}

		function sent( data, told ) {
			end();
			now = { ...data, resend: Date.now() + data.resend_in * 1000, expires: Date.now() + data.expires_in * 1000 };
			keep();
			show_code( told );
		}

		function show_code( told ) {
			tried = code.value = '';
			one( 'to' ).textContent = now.message.replace( now.to, ltr( now.to ) );
			usable( true );
			one( 'clock' ).textContent = '';
			show( 'code', code );
			left( now.attempts_left );
			say( told || '' );
			tick();
			ticking = window.setInterval( tick, 1000 );
		}

		async function send( again ) {
			if ( root.dataset.busy || ( again && button( 'again' ).getAttribute( 'aria-disabled' ) ) ) {
				return;
			}
			tell( '' );
			say( texts.sending );
			const answer = await ask( binds ? 'bind' : 'start', again ? { challenge: now.challenge } : { country: country.value, phone: phone.value, ...wishes() } );
			if ( answer.ok ) {
				return sent( answer, again ? texts.sent_again : '' );
			}
			if ( again && /_(expired|session)$/.test( answer.code ) ) {
				other();
			}
			const wrong = ( answer.problems || [] ).find( ( problem ) => problem.path === 'phone' );
			if ( now && again && answer.retry_in ) {
				now.resend = Date.now() + answer.retry_in * 1000;
				tick();
			}
			tell( wrong ? wrong.message : answer.message, wrong && ! again ? phone : null );
		}

		async function check() {
			const value = codeIn( code.value, now.digits );
			if ( root.dataset.busy || now.over ) {
				return;
			}
			if ( value.length < now.digits ) {
				return tell( texts.digits.replace( '%s', now.digits ), code );
			}
			tried = value;
			tell( '' );
			say( texts.checking );
			const answer = await ask( binds ? 'bind/verify' : 'verify', { challenge: now.challenge, code: value } );
			if ( answer.ok ) {
				end();
				now = null;
				keep();
				return binds ? bound( answer ) : go( answer.next );
			}
			if ( answer.code === 'nxtchat_login_session' ) {
				other();
				return tell( answer.message );
			}
			if ( /_(expired|exhausted)$/.test( answer.code ) ) {
				left( 0 );
				if ( answer.retry_in ) {
					now.resend = Date.now() + answer.retry_in * 1000;
					tick();
				}
				return over( answer.message );
			}
			if ( typeof answer.attempts_left === 'number' ) {
				now.attempts_left = answer.attempts_left;
				keep();
				left( 0 ); // The message tells.
			}
			tell( answer.message, code );
		}

		function go( url ) {
			say( texts.done );
			root.dataset.busy = '1';
			const to = new URL( url, location.href );
			if ( /^https?:$/.test( to.protocol ) ) {
				location.assign( to );
			}
		}

		function bound( answer ) {
			if ( root.dataset.next ) {
				return go( root.dataset.next );
			}
			all( 'number' ).forEach( ( place ) => ( place.textContent = answer.phone ) );
			show( 'have', button( 'change' ) );
			say( texts.bound );
		}

		async function remove() {
			tell( '' );
			const answer = await ask( 'bind', {}, 'DELETE' );
			if ( ! answer.ok ) {
				return tell( answer.message );
			}
			phone.value = '';
			show( 'phone', phone );
			say( texts.removed );
		}

		/** Where the visitor was going: what the form says, what the page was asked for, this page. */
		function goal() {
			const asked = new URLSearchParams( location.search ).get( 'redirect_to' );
			return field( 'redirect' ).value || asked || ( root.dataset.here ? location.href.split( '#' )[ 0 ] : '' );
		}

		/** What a visitor wants of the login. */
		function wishes() {
			const remember = field( 'remember' );
			return binds ? {} : { redirect: goal(), ...( remember && remember.checked && { remember: '1' } ) };
		}

		async function word() {
			if ( root.dataset.busy ) {
				return;
			}
			tell( '' );
			const answer = await ask( 'word', wishes() );
			if ( ! answer.ok || ! /^https:\/\/wa\.me\//.test( answer.link ) ) {
				return tell( answer.message );
			}
			end();
			now = { ...answer, expires: Date.now() + answer.expires_in * 1000 };
			keep();
			show_word();
		}

		function show_word() {
			show( 'word', one( 'link' ) );
			one( 'link' ).href = now.link;
			one( 'text' ).textContent = now.text;
			one( 'business' ).textContent = ltr( now.number );
			one( 'qr' ).hidden = ! now.qr;
			if ( now.qr ) {
				// Four modules of white around it: cameras need them.
				one( 'qr' ).querySelector( 'svg' ).setAttribute( 'viewBox', [ -4, -4, now.qr.size + 8, now.qr.size + 8 ].join( ' ' ) );
				one( 'qr' ).querySelector( 'path' ).setAttribute( 'd', now.qr.path );
			}
			say( texts.waiting );
			polling = window.setTimeout( poll, POLL_MS );
		}

		async function poll() {
			if ( step !== 'word' || document.visibilityState !== 'visible' || ! polling ) {
				return; // Coming back looks at once, and asks again.
			}
			window.clearTimeout( polling );
			polling = 0;
			if ( Date.now() > now.expires ) {
				other();
				return tell( texts.late );
			}
			const answer = await ask( 'word/state', { challenge: now.challenge }, 'POST', true );
			if ( step !== 'word' ) {
				return;
			}
			if ( answer.ok && answer.state === 'code' ) {
				return sent( answer, '' );
			}
			if ( ! answer.ok && answer.code ) {
				other();
				return tell( answer.message );
			}
			polling = window.setTimeout( poll, POLL_MS );
		}

		function other() {
			end();
			now = null;
			keep();
			show( 'phone', phone );
			say( '' );
		}

		function submit( event ) {
			event.preventDefault();
			( { phone: send, code: check, remove } )[ step ]?.();
		}

		/** The country shows as its calling code beside the number: the list of names opens over it. */
		function face() {
			const chosen = country.selectedOptions && country.selectedOptions[ 0 ];
			if ( chosen && one( 'face' ) ) {
				one( 'face' ).textContent = '+' + chosen.dataset.calling;
			}
		}

		root.addEventListener( 'submit', submit );
		root.addEventListener( 'click', ( event ) => {
			const pressed = event.target.closest( '[data-do]' );
			const work = { send: submit, check: submit, yes: submit, again: () => send( true ), other, word, change: () => show( 'phone', phone ), remove: () => show( 'remove', button( 'yes' ) ), back: () => show( 'have', button( 'change' ) ) };
			if ( pressed && pressed.type === 'button' ) {
				work[ pressed.dataset.do ]( event );
			}
		} );
		root.addEventListener( 'keydown', ( event ) => {
			// Inside somebody else's form (a profile), Enter is still ours.
			if ( event.key === 'Enter' && root.localName !== 'form' && event.target.localName === 'input' ) {
				submit( event );
			}
		} );
		code.addEventListener( 'input', () => {
			const value = now ? codeIn( code.value, now.digits ) : '';
			if ( code.value !== value ) {
				code.value = value;
			}
			if ( now && value.length === now.digits && value !== tried ) {
				check();
			}
		} );
		phone.addEventListener( 'input', () => {
			const options = country.options ? [ ...country.options ] : [];
			const found = countryOf( phone.value, options.map( ( option ) => [ option.value, option.dataset.calling ] ), country.value );
			if ( found ) {
				country.value = found;
				face();
			}
		} );
		country.addEventListener( 'change', face );
		document.addEventListener( 'visibilitychange', () => step === 'word' && poll() );
		window.addEventListener( 'pageshow', () => {
			delete root.dataset.busy;
			face();
		} );
		if ( one( 'face' ) ) {
			one( 'face' ).parentNode.classList.add( 'is-short' );
			face();
		}
		// Who turns to the password is going the same way.
		all( 'password' ).forEach( ( link ) => {
			const to = new URL( link.href );
			if ( goal() ) {
				to.searchParams.set( 'redirect_to', goal() );
				link.href = to;
			}
		} );
		root.hidden = false;
		show( root.dataset.start || 'phone' );
		exit( true );
		try {
			const kept = first && ! binds && JSON.parse( sessionStorage.getItem( KEPT ) );
			if ( kept && kept.expires > Date.now() && ! kept.over ) {
				now = kept;
				root.closest( 'details' )?.setAttribute( 'open', '' );
				if ( now.link ) {
					show_word();
				} else {
					show_code( '' );
				}
			}
		} catch {}
	}

	if ( typeof document === 'undefined' ) {
		globalThis.nxtchatLogin = { clock, codeIn, countryOf }; // A test without a page.
		return;
	}
	document.querySelectorAll( '[data-nxtchat-login]' ).forEach( ( root, n ) => begin( root, n === 0 ) );
} )();
