/** Limits of templates and the languages that WhatsApp lists: those of crates/core (a test compares them). */
export const LIMITS = {
	TEMPLATE_NAME_CHARS: 512,
	TEMPLATE_HEADER_CHARS: 60,
	BODY_CHARS: 1024,
	OFFER_BODY_CHARS: 600,
	CARD_BODY_CHARS: 160,
	TEMPLATE_FOOTER_CHARS: 60,
	TEMPLATE_BUTTONS: 10,
	TEMPLATE_CARD_BUTTONS: 2,
	TEMPLATE_BUTTON_CHARS: 25,
	TEMPLATE_PHONE_CHARS: 20,
	URL_CHARS: 2000,
	COUPON_CODE_CHARS: 20,
	OFFER_CODE_CHARS: 15,
	OFFER_TEXT_CHARS: 16,
	CAROUSEL_CARDS_MIN: 2,
	CAROUSEL_CARDS: 10,
	CODE_EXPIRATION_MINUTES: 90,
	SUPPORTED_APPS: 5,
	TTL_SECONDS_MIN: 30,
	TTL_AUTHENTICATION_SECONDS: 900,
	TTL_UTILITY_SECONDS: 43200,
	TTL_MARKETING_SECONDS_MIN: 43200,
	TTL_MARKETING_SECONDS: 2592000,
} as const;

export const LANGUAGES =
	'af ar ar_AE ar_EG ar_LB ar_MA ar_QA az be_BY bg bn bn_IN ca cs da de de_AT de_CH el en en_AE en_AU en_CA en_GB en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_US en_ZA es es_AR es_CL es_CO es_CR es_DO es_EC es_ES es_HN es_MX es_PA es_PE es_UY et fa fi fil fr fr_BE fr_CA fr_CH fr_CI fr_MA ga gu ha he hi hr hu id it ja ka kk kn ko ky_KG lo lt lv mk ml mr ms nb nl nl_BE pa pl prs_AF ps_AF pt_BR pt_PT ro ru rw_RW si_LK sk sl sq sr sv sw ta te th tr uk ur uz vi zh_CN zh_HK zh_TW zu'.split(
		' '
	);

/** Largest file of a sample that the server takes, bytes, by the header's format (REST templates/samples). */
export const SAMPLE_BYTES = { IMAGE: 5 * 1024 * 1024, VIDEO: 16 * 1024 * 1024, GIF: 3.5 * 1024 * 1024, DOCUMENT: 16 * 1024 * 1024 } as Record< string, number > & { VIDEO: number };
