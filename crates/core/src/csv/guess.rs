//! What a column holds, by its name and by its cells.

/// A letter in lower case without its accent, for the languages of Europe; `None` for what is no letter or digit.
///
/// The part that the browser needs of what the extension's `contact::names::fold` does.
fn bare(c: char) -> Option<char> {
    Some(match c {
        'a'..='z' | '0'..='9' => c,
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì'..='ï' | 'ī' | 'į' | 'ı' => 'i',
        'ł' | 'ľ' | 'ĺ' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ő' => 'o',
        'ŕ' | 'ř' => 'r',
        'ś' | 'ş' | 'š' | 'ș' => 's',
        'ť' | 'ţ' | 'ț' => 't',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' => 'ι',
        'ό' => 'ο',
        'ύ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        'ё' => 'е',
        'й' => 'и',
        _ if c.is_alphanumeric() => c,
        _ => return None,
    })
}

/// Letters and digits only, lower case, without accents; ß is ss, æ is ae.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            _ => out.extend(bare(c)),
        }
    }
    out
}

/// Names of columns: what they are for, the whole names, and parts of names.
#[rustfmt::skip]
const NAMES: &[(&str, &str, &str)] = &[
    ("email", "mail emailaddress emailadresse emailadress adressemail adresseemail correo correoelectronico courriel epost sposti posta почта", "email"),
    ("first_name", "firstname givenname forename vorname prenom primernombre imie voornaam fornamn fornavn etunimi krestnijmeno keresztnev prenume adi имя", ""),
    ("last_name", "lastname surname familyname nachname familienname zuname nomdefamille apellido apellidos primerapellido cognome sobrenome apelido achternaam nazwisko efternamn etternavn efternavn sukunimi prijmeni vezeteknev soyad soyadi επωνυμο фамилия", ""),
    ("name", "name fullname displayname contactname customername contact customer nombre nombrecompleto nombreyapellidos nome nomecompleto nomeecognome nom nomcomplet nometprenom nazwa imieinazwisko naam volledigenaam namn navn fuldenavn nimi jmeno nev teljesnev nume ad adsoyad isim kunde kundenname kontakt kontaktname ονομα ονοματεπωνυμο фио", ""),
    ("country", "country countrycode countryregion land landcode landerkennzeichen laendercode pays pais paese nazione kraj maa zeme orszag tara ulke χωρα страна billingcountry", ""),
    ("language", "language lang locale sprache langue idioma lingua taal jezyk sprak sprog kieli jazyk nyelv limba dil γλωσσα язык", ""),
    ("groups", "group groups groupmembership tag tags label labels list lists segment category categories gruppe gruppen kategorie kategorien liste listen groupe groupes etiquetas grupo grupos gruppo gruppi etichette groep groepen grupa grupy grupp grupper ryhma skupina csoport grup ομαδα группа", ""),
    ("phone", "tel telnr cell number numero numer nummer portable waid wa gsm msisdn cep cepno e164 contactnumber κινητο", "phone telefon mobil movil whatsapp handy telefoon celular cellulare rufnummer telemovel telefone puhelin komork τηλεφων телефон мобил"),
];

/// Parts of names that speak of consent.
const CONSENT: &str = "marketing newsletter optin optout werbung einwilligung consent subscri abonn consentement consentimiento consenso zgoda samtykke samtycke suostumus souhlas hozzajarul acord toestemming izin συγκαταθεσ согласие accepts";
/// Parts of names that speak of a time.
const TIME: &str = "date datum fecha data time zeit timestamp heure hora";
/// Parts of names that speak of a text.
const TEXT: &str = "text wording wortlaut texte texto testo";
/// Parts of names that no column that we know has.
const OTHER: &str = "fax type typ label kind art status shipping lieferung address adresse street";

fn has_part(name: &str, parts: &str) -> bool {
    parts
        .split(' ')
        .any(|part| !part.is_empty() && name.contains(part))
}

/// What a column of this name is for: `phone`, `name`, …; '' when that cannot be told.
pub(super) fn by_name(name: &str) -> &'static str {
    let name = plain(name);
    if name.is_empty() {
        return "";
    }
    if has_part(&name, CONSENT) {
        return if has_part(&name, TIME) {
            "consent_at"
        } else if has_part(&name, TEXT) {
            "wording"
        } else if has_part(&name, "utility service transaction") {
            "utility"
        } else if has_part(&name, "login signin otp anmelde") {
            "login"
        } else {
            "marketing"
        };
    }
    let whole = NAMES
        .iter()
        .find(|(_, names, _)| names.split(' ').any(|known| known == name));
    let part = || {
        NAMES
            .iter()
            .find(|(_, _, parts)| has_part(&name, parts) && !has_part(&name, OTHER))
    };
    whole.or_else(part).map_or("", |(guess, _, _)| *guess)
}

/// How likely a column of this name holds the number that WhatsApp knows, when several hold numbers.
pub(super) fn phone_rank(name: &str) -> u32 {
    let name = plain(name);
    if has_part(&name, "whatsapp waid") {
        3
    } else if has_part(
        &name,
        "mobil movil cell handy gsm celular komork κινητ мобил portable cep telemovel",
    ) {
        2
    } else {
        1
    }
}

/// Whether a cell looks like a phone number: 7 to 15 digits with what people write between them.
pub(super) fn is_phone(cell: &str) -> bool {
    let cell = cell.trim_start_matches('\'');
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let plus = cell.starts_with('+');
    (7..=15).contains(&digits)
        && cell.chars().count() <= 2 * digits
        && cell
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '\u{A0}' | '(' | ')' | '-' | '.' | '/' | '–'))
        // Dates and amounts: few digits and signs between them.
        && (plus || digits >= 9 || !cell.contains(['.', '-', '/']))
}

/// Whether a cell looks like an address of electronic mail.
pub(super) fn is_email(cell: &str) -> bool {
    super::cells::email(cell).map_or(false, |email| !email.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_languages_of_europe() {
        for (want, names) in [
            ("phone", "Phone|phone_number|Mobile|Handynummer|Telefon (mobil)|Teléfono|Numéro de téléphone|Téléphone portable|Telefone|Cellulare|Telefoonnummer|Numer telefonu|Puhelin|Telefonszám|Telefonní číslo|Τηλέφωνο|Номер телефона|WhatsApp|Cep Telefonu|Phone 1 - Value|billing_phone|Mobilnummer|Tel."),
            ("email", "E-Mail|email|E-mail Address|Correo electrónico|Courriel|Mail|E-post|user_email"),
            ("first_name", "First Name|Vorname|Prénom|Imię|Voornaam|Förnamn|Křestní jméno"),
            ("last_name", "Last Name|Nachname|Apellidos|Cognome|Nazwisko|Příjmení|Soyadı|Nom de famille"),
            ("name", "Name|Full name|Nombre|Nome|Nom|Naam|Ονοματεπώνυμο|ФИО|Imię i nazwisko"),
            ("country", "Country|Land|Pays|País|Kraj|Χώρα|Страна|Ülke"),
            ("language", "Language|Sprache|Langue|Idioma|Język"),
            ("groups", "Groups|Tags|Gruppen|Étiquetas|Categories"),
            ("marketing", "Marketing|Newsletter|Opt-in|Marketing consent|Einwilligung|Consentimiento|Subscribed|Accepts Marketing"),
            ("utility", "Utility consent|utility_consent"),
            ("login", "Login consent|login_consent"),
            ("consent_at", "Consent date|Opt-in time|Einwilligung Datum|newsletter_timestamp"),
            ("wording", "Consent text|Einwilligungstext"),
            ("", "|Fax|Phone 1 - Type|Birthday|Notes|Amount|Straße"),
        ] {
            for name in names.split('|') {
                assert_eq!(by_name(name), want, "{name}");
            }
        }
    }

    #[test]
    fn cells_that_look_like_numbers() {
        for yes in [
            "+49 170 1234567",
            "01701234567",
            "(0170) 123-4567",
            "491701234567",
            "'+491701234567",
            "030/1234567",
            "+1.650.253.0000",
        ] {
            assert!(is_phone(yes), "{yes}");
        }
        for no in [
            "",
            "12345",
            "2024-01-31",
            "31.12.2024",
            "1234.56",
            "Ann",
            "12 Main Street",
            "4.91E+11",
            "12345678901234567",
        ] {
            assert!(!is_phone(no), "{no}");
        }
    }
}
