/** Countries and languages by their codes, named in the language of the screen. */
import { boot } from './boot';
import type { Option } from './form';
import { browserLocale } from './text';

/** ISO 3166-1 alpha-2, those with telephone numbers. */
const COUNTRIES =
	'AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW'.split(
		' '
	);

/** The languages of WhatsApp templates (Cloud API, "Supported languages"). */
const LANGUAGES =
	'af sq ar az bn bg ca zh_CN zh_HK zh_TW hr cs da nl en en_GB en_US et fil fi fr ka de el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb fa pl pt_BR pt_PT pa ro ru sr sk sl es es_AR es_ES es_MX sw sv ta te th tr uk ur uz vi zu'.split(
		' '
	);

const locale = () => browserLocale( boot.locale );
const names: Partial< Record< 'region' | 'language', Intl.DisplayNames > > = {};

function nameOf( type: 'region' | 'language', code: string ): string {
	try {
		const book = ( names[ type ] ??= new Intl.DisplayNames( [ locale(), 'en' ], { type } ) );
		return book.of( code.replace( '_', '-' ) ) ?? code;
	} catch {
		return code;
	}
}

/** 'DE' → "Germany". */
export const countryName = ( code: string ): string => ( code ? nameOf( 'region', code ) : '' );

/** 'pt_BR' → "Brazilian Portuguese". */
export const languageName = ( code: string ): string => ( code ? nameOf( 'language', code ) : '' );

const sorted = ( codes: string[], name: ( code: string ) => string ): Option[] => {
	const { compare } = new Intl.Collator( locale() );
	return codes.map( ( value ) => ( { value, label: name( value ) } ) ).sort( ( a, b ) => compare( a.label, b.label ) );
};

let countries: Option[] | undefined;
let languages: Option[] | undefined;
export const countryOptions = (): Option[] => ( countries ??= sorted( COUNTRIES, countryName ) );
export const languageOptions = (): Option[] => ( languages ??= sorted( LANGUAGES, languageName ) );
