/** The window in which a person is added by hand. */
import { speak } from '@wordpress/a11y';
import { createElement } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { useStore } from '../core/store';
import { Dialog, Skeleton } from '../core/ui';
import { directory } from '../group/store';
import { createContact } from './api';
import { ContactForm } from './ContactForm';
import { emptyDraft } from './draft';
import { go, href } from './router';

export function AddContact( { onClose }: { onClose: () => void } ) {
	const groups = useStore( directory, ( state ) => state.groups );
	const fields = useStore( directory, ( state ) => state.fields );
	const errors = useStore( directory, ( state ) => state.errors );
	return (
		<Dialog title={ __( 'Add a contact', 'nxt-cloud-chat' ) } onClose={ onClose } className="is-form">
			{ ( groups || errors.groups ) && ( fields || errors.fields ) ? (
				<ContactForm
					initial={ emptyDraft }
					fields={ fields ?? [] }
					groups={ groups ?? [] }
					saveLabel={ __( 'Add the contact', 'nxt-cloud-chat' ) }
					onCancel={ onClose }
					onSave={ async ( change ) => {
						const { id } = await createContact( change );
						speak( __( 'Added.', 'nxt-cloud-chat' ) );
						go( href( 'contacts', id ), { replace: true } );
					} }
				/>
			) : (
				<Skeleton rows={ 4 } label={ __( 'Loading', 'nxt-cloud-chat' ) } />
			) }
			<p className="description nxtchat-dialog__note">
				{ __( 'Adding somebody is not an agreement to marketing. You can note that on their page afterwards.', 'nxt-cloud-chat' ) }
			</p>
		</Dialog>
	);
}
