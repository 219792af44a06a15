<?php
/**
 * Words and answers by language.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Consent;

/**
 * What stands in the settings before an owner changes it. Each language has its own words besides STOP and START, which
 * people everywhere know; the answers name those. Not gettext: a customer's language is not the site's.
 */
final class Language {

	private const ALL = array(
		'en' => array(
			'stop'        => array( 'STOP', 'Stop all', 'Unsubscribe', 'Opt out', 'Cancel subscription', 'Stop promotions', 'Stop messages', 'No more messages' ),
			'start'       => array( 'START', 'Subscribe', 'Opt in', 'Unstop' ),
			'stop_reply'  => 'You will get no more offers and news from us. Changed your mind? Send START.',
			'start_reply' => 'You will get our offers and news again. To end this, send STOP.',
		),
		'de' => array(
			'stop'        => array( 'Stopp', 'Abmelden', 'Abbestellen', 'Austragen', 'Keine Werbung', 'Keine Nachrichten mehr', 'Werbung stoppen' ),
			'start'       => array( 'Abonnieren', 'Wieder anmelden' ),
			'stop_reply'  => 'Sie erhalten keine Angebote und Neuigkeiten mehr von uns. Doch wieder? Senden Sie START.',
			'start_reply' => 'Sie erhalten unsere Angebote und Neuigkeiten wieder. Zum Beenden senden Sie STOP.',
		),
		'es' => array(
			'stop'        => array( 'Baja', 'Darme de baja', 'Dar de baja', 'Alto', 'Parar', 'Cancelar suscripción', 'No más mensajes', 'No quiero publicidad' ),
			'start'       => array( 'Darme de alta', 'Suscribirme' ),
			'stop_reply'  => 'Ya no recibirá ofertas ni novedades nuestras. ¿Ha cambiado de idea? Envíe START.',
			'start_reply' => 'Volverá a recibir nuestras ofertas y novedades. Para dejar de recibirlas, envíe STOP.',
		),
		'fr' => array(
			'stop'        => array( 'Arrêt', 'Arrêter', 'Désabonner', 'Me désabonner', 'Se désabonner', 'Désinscription', 'Plus de messages', 'Plus de publicité' ),
			'start'       => array( "M'abonner", "S'abonner" ),
			'stop_reply'  => 'Vous ne recevrez plus nos offres et nouveautés. Vous changez d’avis ? Envoyez START.',
			'start_reply' => 'Vous recevrez de nouveau nos offres et nouveautés. Pour les arrêter, envoyez STOP.',
		),
		'it' => array(
			'stop'        => array( 'Ferma', 'Fermare', 'Basta messaggi', 'Annulla iscrizione', 'Disiscrivimi', 'Cancellami', 'Niente pubblicità' ),
			'start'       => array( 'Iscrivimi', 'Iscriviti' ),
			'stop_reply'  => 'Non riceverà più offerte e novità da noi. Ha cambiato idea? Invii START.',
			'start_reply' => 'Riceverà di nuovo le nostre offerte e novità. Per non riceverle più, invii STOP.',
		),
		'pt' => array(
			'stop'        => array( 'Pare', 'Parar', 'Sair', 'Cancelar inscrição', 'Cancelar subscrição', 'Descadastrar', 'Não quero receber', 'Sem publicidade' ),
			'start'       => array( 'Subscrever', 'Quero receber', 'Voltar a receber' ),
			'stop_reply'  => 'Não receberá mais ofertas e novidades nossas. Mudou de ideia? Envie START.',
			'start_reply' => 'Voltará a receber as nossas ofertas e novidades. Para parar, envie STOP.',
		),
		'nl' => array(
			'stop'        => array( 'Afmelden', 'Uitschrijven', 'Meld mij af', 'Geen reclame', 'Geen berichten meer' ),
			'start'       => array( 'Inschrijven', 'Meld mij aan' ),
			'stop_reply'  => 'U krijgt geen aanbiedingen en nieuws meer van ons. Toch weer? Stuur START.',
			'start_reply' => 'U krijgt onze aanbiedingen en ons nieuws weer. Stoppen? Stuur STOP.',
		),
		'pl' => array(
			'stop'        => array( 'Wypisz', 'Wypisz mnie', 'Rezygnuję', 'Anuluj subskrypcję', 'Koniec', 'Nie chcę reklam' ),
			'start'       => array( 'Zapisz mnie', 'Subskrybuj' ),
			'stop_reply'  => 'Nie będziemy już wysyłać ofert i nowości. Zmiana zdania? Wyślij START.',
			'start_reply' => 'Znów będziemy wysyłać oferty i nowości. Aby zrezygnować, wyślij STOP.',
		),
		'sv' => array(
			'stop'        => array( 'Stoppa', 'Avsluta', 'Avregistrera', 'Avprenumerera', 'Ingen reklam' ),
			'start'       => array( 'Prenumerera', 'Anmäl mig' ),
			'stop_reply'  => 'Du får inga fler erbjudanden och nyheter från oss. Ångrat dig? Skicka START.',
			'start_reply' => 'Du får våra erbjudanden och nyheter igen. Skicka STOP för att avsluta.',
		),
		'da' => array(
			'stop'        => array( 'Afmeld', 'Afmeld mig', 'Frameld', 'Ingen reklamer' ),
			'start'       => array( 'Tilmeld', 'Tilmeld mig' ),
			'stop_reply'  => 'Du får ikke flere tilbud og nyheder fra os. Fortrudt? Send START.',
			'start_reply' => 'Du får igen vores tilbud og nyheder. Send STOP for at stoppe.',
		),
		'tr' => array(
			'stop'        => array( 'Dur', 'Durdur', 'İptal', 'Abonelikten çık', 'Mesaj istemiyorum', 'Reklam istemiyorum' ),
			'start'       => array( 'Abone ol' ),
			'stop_reply'  => 'Size artık kampanya ve haber göndermeyeceğiz. Fikriniz değişirse START yazın.',
			'start_reply' => 'Size yeniden kampanya ve haber göndereceğiz. Durdurmak için STOP yazın.',
		),
		'ru' => array(
			'stop'        => array( 'Стоп', 'Отписаться', 'Отписка', 'Отмена подписки', 'Не присылайте', 'Без рекламы' ),
			'start'       => array( 'Старт', 'Подписаться', 'Возобновить' ),
			'stop_reply'  => 'Мы больше не будем присылать предложения и новости. Передумали? Отправьте START.',
			'start_reply' => 'Мы снова будем присылать предложения и новости. Чтобы отказаться, отправьте STOP.',
		),
		'uk' => array(
			'stop'        => array( 'Стоп', 'Відписатися', 'Скасувати підписку', 'Не надсилайте', 'Без реклами' ),
			'start'       => array( 'Старт', 'Підписатися', 'Відновити' ),
			'stop_reply'  => 'Ми більше не надсилатимемо пропозиції та новини. Передумали? Надішліть START.',
			'start_reply' => 'Ми знову надсилатимемо пропозиції та новини. Щоб відмовитися, надішліть STOP.',
		),
		'ar' => array(
			'stop'        => array( 'توقف', 'قف', 'إيقاف', 'إلغاء الاشتراك', 'الغاء الاشتراك', 'لا أريد إعلانات' ),
			'start'       => array( 'ابدأ', 'اشتراك', 'اشترك' ),
			'stop_reply'  => 'لن نرسل إليك عروضًا وأخبارًا بعد الآن. هل غيّرت رأيك؟ أرسل START.',
			'start_reply' => 'سنرسل إليك عروضنا وأخبارنا من جديد. للإيقاف أرسل STOP.',
		),
		'he' => array(
			'stop'        => array( 'הסר', 'הסירו', 'הסרה', 'עצור', 'להסיר אותי' ),
			'start'       => array( 'התחל', 'הרשמה', 'להצטרף' ),
			'stop_reply'  => 'לא נשלח עוד מבצעים וחדשות. לחזרה יש לשלוח START.',
			'start_reply' => 'נשלח שוב מבצעים וחדשות. להפסקה יש לשלוח STOP.',
		),
		'hi' => array(
			'stop'        => array( 'रोकें', 'बंद करें', 'बंद करो', 'सदस्यता रद्द करें', 'Band karo', 'Band karein' ),
			'start'       => array( 'शुरू करें', 'शुरू करो', 'Shuru karein' ),
			'stop_reply'  => 'अब हम आपको ऑफ़र और समाचार नहीं भेजेंगे। फिर से पाने के लिए START भेजें।',
			'start_reply' => 'अब हम आपको फिर से ऑफ़र और समाचार भेजेंगे। बंद करने के लिए STOP भेजें।',
		),
		'id' => array(
			'stop'        => array( 'Berhenti', 'Berhenti langganan', 'Batal langganan', 'Hentikan' ),
			'start'       => array( 'Berlangganan' ),
			'stop_reply'  => 'Kami tidak akan mengirim penawaran dan kabar lagi. Berubah pikiran? Kirim START.',
			'start_reply' => 'Kami akan mengirim penawaran dan kabar lagi. Untuk berhenti, kirim STOP.',
		),
	);

	/** Labels and payloads of quick-reply buttons; those that Meta's own template editor writes come first. */
	public const BUTTON_STOP  = array( 'Stop promotions', 'Stop receiving promotions', 'Unsubscribe', 'Unsubscribe from Promos', 'Opt out', 'Werbung abbestellen', 'Abmelden', 'Detener promociones', 'Arrêter les promotions', 'Interrompi promozioni', 'Interromper promoções' );
	public const BUTTON_START = array( 'Start promotions', 'Subscribe', 'Opt in', 'Abonnieren' );

	/**
	 * All languages.
	 *
	 * @return array<string, array{stop: list<string>, start: list<string>, stop_reply: string, start_reply: string}> By ISO 639 code.
	 */
	public static function all(): array {
		return self::ALL;
	}

	/** The site's language, or English where we have no words for it. */
	public static function site(): string {
		$code = strtolower( (string) strtok( get_locale() . '_', '_-' ) );
		return isset( self::ALL[ $code ] ) ? $code : 'en';
	}

	/** @param 'stop'|'start' $what @return array<string, list<string>> */
	public static function words( string $what ): array {
		return array_map( static fn( array $language ): array => $language[ $what ], self::ALL );
	}
}
