<?php
/**
 * Where a phone number is at home in time.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

/**
 * Time zones of numbers: by their country, and in countries of several zones whose mobile numbers have area codes by those.
 * In other such countries (Australia, Indonesia, Russia) a mobile number does not tell; there it is where most people live.
 */
final class Zones {

	/** Where most people of a country with several zones live. */
	private const MAIN = array(
		'US' => 'America/New_York',
		'CA' => 'America/Toronto',
		'BR' => 'America/Sao_Paulo',
		'MX' => 'America/Mexico_City',
		'AU' => 'Australia/Sydney',
		'RU' => 'Europe/Moscow',
		'ID' => 'Asia/Jakarta',
		'KZ' => 'Asia/Almaty',
		'AR' => 'America/Argentina/Buenos_Aires',
		'ES' => 'Europe/Madrid',
		'PT' => 'Europe/Lisbon',
		'CL' => 'America/Santiago',
		'EC' => 'America/Guayaquil',
		'NZ' => 'Pacific/Auckland',
		'DE' => 'Europe/Berlin',
		'CN' => 'Asia/Shanghai',
		'CD' => 'Africa/Kinshasa',
		'MN' => 'Asia/Ulaanbaatar',
		'UA' => 'Europe/Kyiv',
		'MY' => 'Asia/Kuala_Lumpur',
		'UZ' => 'Asia/Tashkent',
		'FR' => 'Europe/Paris',
		'GB' => 'Europe/London',
		'PG' => 'Pacific/Port_Moresby',
		'PF' => 'Pacific/Tahiti',
		'KI' => 'Pacific/Tarawa',
		'GL' => 'America/Nuuk',
	);

	/** Where area codes stand in an E.164 number with its plus, counted from 1, and their length. */
	private const AREAS = array(
		'US' => array( 3, 3 ),
		'CA' => array( 3, 3 ),
		'BR' => array( 4, 2 ),
		'MX' => array( 4, 3 ),
	);

	/** Area codes that are not in their country's main zone. One that spans two has the zone of most of its people. */
	private const BY_AREA = array(
		'US' => array(
			'America/Chicago'     => '205 210 214 217 218 219 224 225 228 235 251 254 256 262 270 274 281 308 309 312 314 316 318 319 320 325 327 331 334 337 346 353 361 364 402 405 409 414 417 430 432 447 448 457 464 469 471 479 501 504 507 512 515 531 534 539 557 563 572 573 580 601 605 608 612 615 618 620 621 629 630 636 641 651 659 660 662 682 701 708 712 713 715 726 730 731 737 763 769 773 779 785 806 815 816 817 830 832 847 850 861 870 872 901 903 913 918 920 924 931 936 938 940 945 952 956 972 975 979 985',
			'America/Denver'      => '303 307 385 406 435 505 575 719 720 748 801 915 970 983',
			'America/Boise'       => '208 986',
			'America/Phoenix'     => '480 520 602 623 928',
			'America/Los_Angeles' => '206 209 213 253 279 310 323 341 350 357 360 369 408 415 424 425 442 458 503 509 510 530 541 559 562 564 619 626 628 650 657 661 669 702 707 714 725 738 747 760 775 805 818 820 831 837 840 858 909 916 925 949 951 971',
			'America/Anchorage'   => '907',
			'Pacific/Honolulu'    => '808',
		),
		'CA' => array(
			'America/Halifax'   => '428 506 782 902',
			'America/St_Johns'  => '709 879',
			'America/Winnipeg'  => '204 431 584',
			'America/Regina'    => '306 474 639',
			'America/Edmonton'  => '368 403 587 780 825 867',
			'America/Vancouver' => '236 250 257 604 672 778',
		),
		'BR' => array(
			'America/Rio_Branco' => '68',
			'America/Manaus'     => '69 92 95 97',
			'America/Cuiaba'     => '65 66 67',
		),
		'MX' => array(
			'America/Tijuana'       => '616 646 658 661 663 664 665 686',
			'America/Hermosillo'    => '622 623 631 632 633 634 637 638 641 642 643 644 645 647 651 653 662',
			'America/Mazatlan'      => '311 319 323 324 325 327 389 612 613 615 624 667 668 669 672 673 687 694 695 696 697 698',
			'America/Cancun'        => '983 984 987 998',
			'America/Ciudad_Juarez' => '656',
			'America/Matamoros'     => '867 868 877 878 891 894 897 899',
		),
	);

	/** @var array<string, \DateTimeZone> By country, and by country and area code. */
	private static array $known = array();

	/**
	 * The time zone of a number; the site's where none is known.
	 *
	 * @param string $phone E.164; '' = only the country is known.
	 */
	public static function of( string $country, string $phone = '' ): \DateTimeZone {
		$area = self::area( $country, $phone );
		return self::$known[ $country . $area ] ??= self::find( $country, $area );
	}

	/** The area code of a number whose zone may be another than its country's; '' where there is none. */
	public static function area( string $country, string $phone ): string {
		return '' !== $phone && isset( self::AREAS[ $country ] ) ? substr( $phone, self::AREAS[ $country ][0] - 1, self::AREAS[ $country ][1] ) : '';
	}

	/** Area codes of a country that have another zone than most of it. @return array<int|string, \DateTimeZone> By code. */
	public static function areas( string $country ): array {
		$areas = array();
		foreach ( self::BY_AREA[ $country ] ?? array() as $codes ) {
			foreach ( explode( ' ', $codes ) as $code ) {
				$areas[ $code ] = self::$known[ $country . $code ] ??= self::find( $country, $code );
			}
		}
		return $areas;
	}

	/** Where area codes stand in an E.164 number with its plus, and their length; null in countries without. @return array{0: int, 1: int}|null */
	public static function place( string $country ): ?array {
		return self::AREAS[ $country ] ?? null;
	}

	private static function find( string $country, string $area ): \DateTimeZone {
		$names = array();
		foreach ( '' === $area ? array() : self::BY_AREA[ $country ] as $name => $codes ) {
			if ( str_contains( " $codes ", " $area " ) ) {
				$names[] = $name;
			}
		}
		if ( isset( self::MAIN[ $country ] ) ) {
			$names[] = self::MAIN[ $country ];
		} elseif ( 1 === preg_match( '/^[A-Z]{2}$/D', $country ) ) {
			array_push( $names, ...\DateTimeZone::listIdentifiers( \DateTimeZone::PER_COUNTRY, $country ) );
		}
		foreach ( $names as $name ) {
			try {
				return new \DateTimeZone( $name );
			} catch ( \Exception $e ) {
				continue; // An old list of zones.
			}
		}
		return wp_timezone();
	}
}
