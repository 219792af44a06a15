/** Entry of the History screen. */
import { mount } from '../core/mount';
import { History } from './History';

mount( 'nxtchat-history', History );
