<?php
/**
 * What Meta says about a number, as columns of its account.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Account;

use NxtChat\Log;

/** From the answers of a test and from account webhooks to quality, throughput, limit, name and status. Pure but for the log. */
final class AccountFacts {

	/** Longest value kept, in characters: the columns' widths. */
	private const MAX = 40;

	/** Columns that checks tell in `data`. */
	private const TOLD = array( 'display_phone', 'verified_name', 'number_status', 'quality', 'throughput', 'messaging_limit' );

	/** Limits that Meta writes as numbers in older payloads. */
	private const TIERS = array(
		'50'     => 'TIER_50',
		'250'    => 'TIER_250',
		'1000'   => 'TIER_1K',
		'2000'   => 'TIER_2K',
		'10000'  => 'TIER_10K',
		'100000' => 'TIER_100K',
		'-1'     => 'TIER_UNLIMITED',
	);

	/**
	 * Columns told by Native\account_test.
	 *
	 * @param list<array> $checks
	 * @return array<string, string>
	 */
	public static function from_checks( array $checks ): array {
		$facts = array();
		foreach ( $checks as $check ) {
			foreach ( self::TOLD as $column ) {
				$value = $check['data'][ $column ] ?? '';
				if ( is_string( $value ) && '' !== $value ) {
					$facts[ $column ] = self::short( $value, 'verified_name' === $column ? 190 : self::MAX );
				}
			}
		}
		return $facts;
	}

	/**
	 * Columns told by webhooks. Later events win over earlier ones.
	 *
	 * @param list<array>                 $events Kind 'account'.
	 * @param list<array<string, string>> $rows   The accounts.
	 * @return array<int, array<string, string>> By account id.
	 */
	public static function from_events( array $events, array $rows ): array {
		$changes = array();
		foreach ( $events as $event ) {
			$payload = json_decode( (string) ( $event['payload'] ?? '' ), true );
			$facts   = self::from_event( (string) ( $event['change'] ?? '' ), (string) ( $event['event'] ?? '' ), is_array( $payload ) ? $payload : array() );
			$ids     = self::addressed( $event, $rows );
			Log::info( 'Meta reports ' . ( $event['change'] ?? '' ) . ' for account ' . implode( ', ', $ids ) . ': ' . ( $event['summary'] ?? '' ) );
			foreach ( $facts ? $ids : array() as $id ) {
				$changes[ $id ] = $facts + ( $changes[ $id ] ?? array() );
			}
		}
		return $changes;
	}

	/**
	 * Columns told by one event.
	 *
	 * @param array<string, mixed> $value Meta's value object.
	 * @return array<string, string>
	 */
	private static function from_event( string $change, string $event, array $value ): array {
		$facts = array();
		switch ( $change ) {
			case 'phone_number_quality_update':
				$facts = array(
					'messaging_limit' => self::tier( $value['max_daily_conversations_per_business'] ?? $value['current_limit'] ?? null ),
					'throughput'      => 'THROUGHPUT_UPGRADE' === $event ? 'HIGH' : '',
					'number_status'   => array(
						'FLAGGED'   => 'FLAGGED',
						'UNFLAGGED' => 'CONNECTED',
					)[ $event ] ?? '',
				);
				break;
			case 'business_capability_update':
				$facts['messaging_limit'] = self::tier( $value['max_daily_conversations_per_business'] ?? $value['max_daily_conversation_per_phone'] ?? null );
				break;
			case 'phone_number_name_update':
				if ( 'APPROVED' === ( $value['decision'] ?? '' ) && is_string( $value['requested_verified_name'] ?? null ) ) {
					$facts['verified_name'] = self::short( $value['requested_verified_name'], 190 );
				}
				break;
			case 'account_update':
				$ban                    = $value['ban_info']['waba_ban_state'] ?? '';
				$facts['number_status'] = match ( true ) {
					'DISABLED_UPDATE' === $event && 'REINSTATE' === $ban => 'CONNECTED',
					'DISABLED_UPDATE' === $event && 'DISABLE' === $ban   => 'BANNED',
					'ACCOUNT_RESTRICTION' === $event => 'RESTRICTED',
					'ACCOUNT_DELETED' === $event     => 'DELETED',
					default                          => '',
				};
				break;
		}
		return array_filter( $facts, static fn( string $fact ): bool => '' !== $fact );
	}

	/**
	 * The accounts that an event is about: by phone number id, else by the number shown, else all of the business account.
	 *
	 * @param array<string, mixed>        $event
	 * @param list<array<string, string>> $rows
	 * @return list<int>
	 */
	private static function addressed( array $event, array $rows ): array {
		$number = (string) ( $event['phone_number_id'] ?? '' );
		$shown  = preg_replace( '/\D/', '', (string) ( $event['display_phone'] ?? '' ) );
		$ids    = array();
		$exact  = array();
		foreach ( $rows as $row ) {
			if ( '' !== $number ? $row['phone_number_id'] === $number : $row['waba_id'] === (string) ( $event['waba_id'] ?? '' ) ) {
				$ids[] = (int) $row['id'];
				if ( '' !== $shown && preg_replace( '/\D/', '', $row['display_phone'] ) === $shown ) {
					$exact[] = (int) $row['id'];
				}
			}
		}
		return $exact ? $exact : ( '' === $shown || 1 === count( $ids ) ? $ids : array() );
	}

	private static function tier( mixed $value ): string {
		if ( ! is_scalar( $value ) ) {
			return '';
		}
		return self::TIERS[ (string) $value ] ?? self::short( (string) $value, self::MAX );
	}

	private static function short( string $value, int $max ): string {
		return mb_substr( $value, 0, $max );
	}
}
