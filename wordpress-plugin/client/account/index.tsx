/** Entry of the Account screen. */
import { mount } from '../core/mount';
import { AccountScreen } from './AccountScreen';

mount( 'nxtchat-account', AccountScreen );
