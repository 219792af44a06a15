/** What the page was delivered with: window.nxtchat. */
import type { Boot } from './types';

declare global {
	interface Window {
		nxtchat: Boot;
	}
}

/** Boot data of this page. Read once; the server wrote it before this script. */
export const boot: Boot = window.nxtchat;

const skewMs = boot.now_ms - Date.now();

/** The server's time, so that a wrong clock on this computer moves no deadline. */
export const serverNow = (): number => Date.now() + skewMs;
