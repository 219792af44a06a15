/** Entry of the Inbox screen. */
import { mount } from '../core/mount';
import { Inbox } from './Inbox';

mount( 'nxtchat-inbox', Inbox );
