/* Sends the consent form without leaving the page. Without this script the browser sends it by itself. */
/* global document, fetch, FormData, URLSearchParams */
( function () {
	function tell( form, name, text ) {
		const place = form.querySelector( '[data-problem="' + name + '"]' );
		const field = form.elements.namedItem( name );
		if ( place ) {
			place.textContent = text;
		}
		if ( field && field.setAttribute ) {
			if ( text ) {
				field.setAttribute( 'aria-invalid', 'true' );
			} else {
				field.removeAttribute( 'aria-invalid' );
			}
		}
	}

	function answer( form, data, ok ) {
		const status = form.querySelector( '[role="status"]' );
		const problems = ( data.data && data.data.problems ) || [];
		status.textContent = '';
		status.classList.toggle( 'is-problem', ! ok );
		if ( problems.length ) {
			problems.forEach( ( problem ) => tell( form, problem.path, problem.message ) );
			const field = form.elements.namedItem( problems[ 0 ].path );
			if ( field && field.focus ) {
				field.focus();
			}
			return;
		}
		status.append( data.message || form.dataset.offline );
		if ( ok ) {
			[ ...form.children ].forEach( ( child ) => ( child.hidden = child !== status ) );
			if ( data.how ) {
				const how = document.createElement( 'span' );
				how.className = 'nxtchat-consent__how';
				how.textContent = data.how;
				status.append( ' ', how );
			}
			if ( data.link && data.link.startsWith( 'https://wa.me/' ) ) {
				const link = document.createElement( 'a' );
				link.href = data.link;
				link.rel = 'noopener';
				link.textContent = 'WhatsApp';
				status.append( ' ', link );
			}
			status.focus();
		}
	}

	document.addEventListener( 'submit', ( event ) => {
		const form = event.target;
		if ( ! form.matches( '[data-nxtchat-consent]' ) ) {
			return;
		}
		event.preventDefault();
		const button = form.querySelector( 'button[type="submit"]' );
		if ( button.disabled ) {
			return;
		}
		button.disabled = true;
		[ 'phone', 'agree' ].forEach( ( name ) => tell( form, name, '' ) );
		fetch( form.action, {
			method: 'POST',
			body: new URLSearchParams( new FormData( form ) ),
			headers: { Accept: 'application/json' },
			credentials: 'omit',
		} )
			.then( ( response ) => response.json().then( ( data ) => answer( form, data, response.ok ) ) )
			.catch( () => answer( form, {}, false ) )
			.finally( () => ( button.disabled = false ) );
	} );
} )();
