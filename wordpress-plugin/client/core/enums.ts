/**
 * The enumerations of the product. Defined in crates/core/src/enums.rs; enums.test.ts compares.
 */

/** State of a message. The order is the rule: a state only ever moves to a higher one. */
export const State = {
	RECEIVED: 1,
	QUEUED: 10,
	SENDING: 20,
	UNKNOWN: 30,
	SENT: 40,
	DELIVERED: 50,
	FAILED: 60,
	READ: 70,
	PLAYED: 80,
} as const;
export type State = ( typeof State )[ keyof typeof State ];

export const Direction = { IN: 1, OUT: 2 } as const;
export type Direction = ( typeof Direction )[ keyof typeof Direction ];

export const Origin = {
	CUSTOMER: 1,
	STAFF: 2,
	API: 3,
	BROADCAST: 4,
	LOGIN: 5,
	ECHO: 6,
	HISTORY: 7,
} as const;
export type Origin = ( typeof Origin )[ keyof typeof Origin ];

export const MessageType = {
	TEXT: 1,
	IMAGE: 2,
	VIDEO: 3,
	AUDIO: 4,
	DOCUMENT: 5,
	STICKER: 6,
	LOCATION: 7,
	CONTACTS: 8,
	REACTION: 9,
	INTERACTIVE: 10,
	TEMPLATE: 11,
	BUTTON: 12,
	ORDER: 13,
	SYSTEM: 14,
	EDIT: 15,
	REVOKE: 16,
	UNSUPPORTED: 17,
	UNKNOWN: 99,
} as const;
export type MessageType = ( typeof MessageType )[ keyof typeof MessageType ];

export const Purpose = {
	MARKETING: 1,
	UTILITY: 2,
	LOGIN: 3,
} as const;
export type Purpose = ( typeof Purpose )[ keyof typeof Purpose ];

export const Consent = {
	NONE: 0,
	GRANTED: 1,
	REVOKED: 2,
} as const;
export type Consent = ( typeof Consent )[ keyof typeof Consent ];

export const FieldType = {
	TEXT: 1,
	NUMBER: 2,
	DATE: 3,
	CHOICE: 4,
	YES_NO: 5,
} as const;
export type FieldType = ( typeof FieldType )[ keyof typeof FieldType ];

export const ContactLog = {
	NOTE: 1,
	CREATED: 2,
	EDITED: 3,
	MERGED: 4,
	SPLIT: 5,
	NUMBER_CHANGED: 6,
	USER_ID_CHANGED: 7,
	IMPORTED: 8,
	IMPORT_UNDONE: 9,
	LINKED: 10,
} as const;
export type ContactLog = ( typeof ContactLog )[ keyof typeof ContactLog ];

export const ImportKind = {
	FILE: 1,
	USERS: 2,
	CUSTOMERS: 3,
} as const;
export type ImportKind = ( typeof ImportKind )[ keyof typeof ImportKind ];

export const ImportState = {
	UPLOADING: 1,
	READY: 2,
	CHECKING: 3,
	CHECKED: 4,
	RUNNING: 5,
	DONE: 6,
	CANCELLED: 7,
	FAILED: 8,
	UNDOING: 9,
	UNDONE: 10,
} as const;
export type ImportState = ( typeof ImportState )[ keyof typeof ImportState ];
