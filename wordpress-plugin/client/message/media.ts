/** Media as the conversation shows it for now: what it is, its name and its size. */
import type { IconName } from '../core/icons';
import { MessageType } from '../core/enums';

const icons: Partial< Record< MessageType, IconName > > = {
	[ MessageType.IMAGE ]: 'image',
	[ MessageType.VIDEO ]: 'video',
	[ MessageType.AUDIO ]: 'audio',
	[ MessageType.DOCUMENT ]: 'document',
	[ MessageType.STICKER ]: 'sticker',
	[ MessageType.LOCATION ]: 'location',
	[ MessageType.CONTACTS ]: 'contact',
};

/** Icon of a kind of message, undefined for those that are just text. */
export const mediaIcon = ( type: MessageType ): IconName | undefined => icons[ type ];
