/** Entry of the Login screen. */
import { mount } from '../core/mount';
import { LoginScreen } from './LoginScreen';

mount( 'nxtchat-login', LoginScreen );
