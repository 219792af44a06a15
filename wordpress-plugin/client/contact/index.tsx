/** Entry of the Contacts screen. */
import { mount } from '../core/mount';
import { ContactScreen } from './ContactScreen';

mount( 'nxtchat-contact', ContactScreen );
