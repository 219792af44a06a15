//! Countries and languages as people write them in tables.

use super::guess::plain;
use std::cmp::Ordering;

/// ISO 3166-1 alpha-2, and XK for Kosovo, one after the other.
const CODES: &str = "\
    ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCR\
    CUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHU\
    IDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQ\
    MRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSI\
    SJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW\
";

/// Names by which tables call the larger countries, as [`plain`] leaves them.
#[rustfmt::skip]
const NAMES: &[(&str, &str)] = &[
    ("AE", "unitedarabemirates uae"), ("AR", "argentina"), ("AT", "austria osterreich autriche oesterreich aut"),
    ("AU", "australia australien"), ("BE", "belgium belgien belgique belgie belgica bel"), ("BG", "bulgaria bulgarien"),
    ("BR", "brazil brasil brasilien bresil bra"), ("CA", "canada kanada"), ("CH", "switzerland schweiz suisse svizzera suiza che"),
    ("CL", "chile"), ("CN", "china"), ("CO", "colombia kolumbien"), ("CY", "cyprus zypern"),
    ("CZ", "czechrepublic czechia tschechien cesko ceskarepublika cze"),
    ("DE", "germany deutschland allemagne alemania germania duitsland niemcy brd deu alemanha tyskland"),
    ("DK", "denmark danmark danemark dnk"), ("EE", "estonia estland eesti"), ("EG", "egypt agypten"),
    ("ES", "spain spanien espana espagne spagna spanje hiszpania esp"), ("FI", "finland finnland suomi fin"),
    ("FR", "france frankreich francia frankrijk francja fra"),
    ("GB", "unitedkingdom uk greatbritain england scotland wales grossbritannien vereinigteskonigreich royaumeuni gbr"),
    ("GR", "greece griechenland grece ελλαδα grc"), ("HR", "croatia kroatien hrvatska"), ("HU", "hungary ungarn magyarorszag"),
    ("ID", "indonesia indonesien"), ("IE", "ireland irland irl"), ("IL", "israel"), ("IN", "india indien ind"),
    ("IT", "italy italien italia italie wlochy ita"), ("JP", "japan"), ("KE", "kenya"), ("LI", "liechtenstein"),
    ("LT", "lithuania litauen"), ("LU", "luxembourg luxemburg"), ("LV", "latvia lettland"), ("MA", "morocco marokko maroc"),
    ("MT", "malta"), ("MX", "mexico mexiko mex"), ("MY", "malaysia"), ("NG", "nigeria"),
    ("NL", "netherlands niederlande nederland paysbas paisesbajos thenetherlands holland nld"), ("NO", "norway norwegen norge nor"),
    ("NZ", "newzealand neuseeland"), ("PE", "peru"), ("PK", "pakistan"), ("PL", "poland polen polska pologne polonia pol"),
    ("PT", "portugal prt"), ("RO", "romania rumanien"), ("RS", "serbia serbien srbija"), ("RU", "russia russland россия"),
    ("SA", "saudiarabia saudiarabien"), ("SE", "sweden schweden sverige suede swe"), ("SG", "singapore singapur"),
    ("SI", "slovenia slowenien slovenija"), ("SK", "slovakia slowakei slovensko"), ("TH", "thailand"),
    ("TR", "turkey turkei turkiye"), ("UA", "ukraine україна"), ("US", "usa unitedstates unitedstatesofamerica etatsunis estadosunidos"),
    ("ZA", "southafrica sudafrika"),
];

/// The code itself when it is one.
fn by_code(code: &str) -> Option<&'static str> {
    let (mut low, mut high) = (0, CODES.len() / 2);
    while low < high {
        let middle = (low + high) / 2;
        let known = CODES.get(2 * middle..2 * middle + 2)?;
        match known.cmp(code) {
            Ordering::Equal => return Some(known),
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
        }
    }
    None
}

/// A country's code from its code or its name.
///
/// The codes of three letters are known for the larger ones only.
pub(super) fn country(text: &str) -> Option<&'static str> {
    if text.len() == 2 {
        let code = text.to_ascii_uppercase();
        return by_code(if code == "UK" { "GB" } else { &code });
    }
    let name = plain(text);
    NAMES
        .iter()
        .find(|(_, names)| names.split(' ').any(|known| known == name))
        .map(|(code, _)| *code)
}

/// Languages by their names.
const LANGUAGES: &[(&str, &str)] = &[
    ("ar", "arabic"),
    ("da", "danish dansk"),
    ("de", "german deutsch allemand aleman tedesco"),
    ("el", "greek ελληνικα"),
    ("en", "english englisch anglais ingles inglese"),
    ("es", "spanish spanisch espanol espagnol castellano"),
    ("fi", "finnish suomi"),
    ("fr", "french franzosisch francais"),
    ("it", "italian italienisch italiano"),
    ("nl", "dutch niederlandisch nederlands"),
    ("pl", "polish polnisch polski"),
    ("pt", "portuguese portugiesisch portugues"),
    ("ru", "russian russisch русскии"),
    ("sv", "swedish schwedisch svenska"),
    ("tr", "turkish turkisch turkce"),
];

/// `de` or `pt_BR`, from a code in any of its spellings or from the language's name.
pub(super) fn language(text: &str) -> Option<String> {
    let mut parts = text.split(['_', '-']);
    let (language, region) = (parts.next().unwrap_or(""), parts.next());
    let letters = |text: &str, count: &[usize]| {
        count.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphabetic())
    };
    if parts.next().is_none() && letters(language, &[2, 3]) {
        let language = language.to_ascii_lowercase();
        match region {
            None => return Some(language),
            Some(region) if letters(region, &[2]) => {
                return Some([&language, "_", &region.to_ascii_uppercase()].concat())
            }
            Some(_) => {}
        }
    }
    let name = plain(text);
    LANGUAGES
        .iter()
        .find(|(_, names)| names.split(' ').any(|known| known == name))
        .map(|(code, _)| (*code).to_owned())
}
