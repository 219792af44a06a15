/** Entry of the Broadcasts screen. */
import { mount } from '../core/mount';
import { BroadcastScreen } from './BroadcastScreen';

mount( 'nxtchat-broadcast', BroadcastScreen );
