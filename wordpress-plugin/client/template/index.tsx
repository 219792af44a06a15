/** Entry of the Templates screen. */
import { mount } from '../core/mount';
import { TemplateScreen } from './TemplateScreen';

mount( 'nxtchat-template', TemplateScreen );
