<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Segment;

use NxtChat\Contact\Contacts;
use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Site;

/** Generated contacts with everything a condition can ask, written as rows, and kept as plain arrays for the reference. */
final class People {

	private const FIRSTS = array( 'Anna', 'Ärne', 'Zoe', 'José', 'Ben', 'annabel', 'Çelik', 'Łukasz' );
	private const LASTS  = array( 'Müller', 'Muller', 'Weber', 'O’Neil', 'Straße', 'van Dyck', '' );
	public const CITIES  = array( 'Berlin', 'Köln', 'München', "Saint-Denis's" );
	public const NOTES   = array( 'Hello', 'hello', 'Hallo 100%', 'under_score', 'Über alles', 'über', 'uber', 'back\\slash', "it's" );

	/** @var array<int, array<string, mixed>> By id. */
	public array $all = array();

	/** @var array<string, int> Ids of custom fields by name. */
	public array $fields = array();

	/** @var list<int> */
	public array $groups = array();

	public int $now;

	public function __construct( private int $seed, int $count ) {
		mt_srand( $seed );
		$this->now = Site::now_ms();
		$this->frame();
		wp_cache_flush();
		for ( $n = 1; $n <= $count; $n++ ) {
			$this->person( $n );
		}
		$this->write();
		wp_cache_flush(); // The rows did not go through the rooms that remember them.
	}

	/** One of a list. */
	public static function any( array $list ): mixed {
		return $list[ mt_rand( 0, count( $list ) - 1 ) ];
	}

	private function frame(): void {
		global $wpdb;
		foreach ( array( 'VIP', 'Shop', 'Fair, autumn' ) as $n => $name ) {
			$wpdb->insert( Schema::table( 'groups' ), array( 'name' => $name, 'created_ms' => 1, 'updated_ms' => 1 ) );
			$this->groups[] = (int) $wpdb->get_var( $wpdb->prepare( 'SELECT id FROM ' . Schema::table( 'groups' ) . ' WHERE name = %s', $name ) );
		}
		foreach ( array( 'note' => Native\FIELD_TEXT, 'points' => Native\FIELD_NUMBER, 'birthday' => Native\FIELD_DATE, 'city' => Native\FIELD_CHOICE, 'member' => Native\FIELD_YES_NO ) as $name => $type ) {
			$wpdb->insert( Schema::table( 'fields' ), array( 'name' => $name, 'label' => ucfirst( $name ), 'type' => $type, 'choices_json' => wp_json_encode( 'city' === $name ? self::CITIES : array() ), 'position' => $type, 'created_ms' => 1 ) );
			$this->fields[ $name ] = (int) $wpdb->get_var( $wpdb->prepare( 'SELECT id FROM ' . Schema::table( 'fields' ) . ' WHERE name = %s', $name ) );
		}
	}

	private function person( int $n ): void {
		$day     = 86400000;
		$name    = mt_rand( 0, 5 ) ? trim( self::any( self::FIRSTS ) . ' ' . self::any( self::LASTS ) ) : '';
		$profile = mt_rand( 0, 4 ) ? '' : 'Profile ' . self::any( self::FIRSTS );
		$values  = array();
		if ( mt_rand( 0, 2 ) ) {
			$values['note'] = self::any( self::NOTES );
		}
		if ( mt_rand( 0, 1 ) ) {
			$values['points'] = self::any( array( 0, 1, 7, 12.5, -3, 100 ) );
		}
		if ( mt_rand( 0, 1 ) ) {
			$values['birthday'] = gmdate( 'Y-m-d', ( intdiv( $this->now, $day ) - self::any( array( -2, 0, 1, 3, 10, 400, 12000, 22000 ) ) ) * 86400 );
		}
		if ( mt_rand( 0, 2 ) ) {
			$values['city'] = self::any( self::CITIES );
		}
		if ( mt_rand( 0, 1 ) ) {
			$values['member'] = mt_rand( 0, 1 );
		}
		$this->all[ $n ] = array(
			'id'        => $n,
			'name'      => $name,
			'profile'   => $profile,
			'country'   => self::any( array( '', 'DE', 'AT', 'US' ) ),
			'language'  => self::any( array( '', 'de', 'en_US' ) ),
			'source'    => self::any( array( 'whatsapp', 'import', 'form' ) ),
			'email'     => mt_rand( 0, 1 ) ? self::any( array( 'anna', 'ben_x', 'zoë' ) ) . "$n@example.test" : '',
			'phone'     => mt_rand( 0, 3 ) ? '+4915' . mt_rand( 0, 3 ) . str_pad( (string) $n, 8, '0', STR_PAD_LEFT ) : '',
			'username'  => mt_rand( 0, 4 ) ? '' : "user.$n",
			'marketing' => mt_rand( 0, 2 ),
			'utility'   => mt_rand( 0, 2 ),
			'login'     => mt_rand( 0, 2 ),
			// Between the days, so that the moments between this and the query change nothing.
			'created'   => $this->now - self::any( array( 0, 1, 5, 40, 700 ) ) * $day - $day / 2,
			'last_in'   => mt_rand( 0, 3 ) ? $this->now - self::any( array( 0, 1, 5, 40, 700 ) ) * $day - $day / 2 : 0,
			'out'       => mt_rand( 0, 2 ) ? 0 : $this->now - self::any( array( 0, 5, 40 ) ) * $day - $day / 2,
			'unread'    => ! mt_rand( 0, 4 ),
			'groups'    => array_values( array_filter( $this->groups, static fn() => ! mt_rand( 0, 2 ) ) ),
			'user'      => mt_rand( 0, 3 ) ? 0 : self::any( array( 1, 2, 999 ) ),
			'values'    => $values,
		);
	}

	private function write(): void {
		global $wpdb;
		$rows  = array();
		$phone = array();
		$words = array();
		$group = array();
		$value = array();
		$sent  = array();
		$talk  = array();
		$agree = array();
		foreach ( $this->all as $n => &$p ) {
			$shown           = '' !== $p['name'] ? $p['name'] : $p['profile'];
			$p['words']      = Native\name_words( array( $p['name'] . ' ' . $p['profile'] ) )[0];
			$p['sort_name']  = Native\name_sort( array( '' !== $shown ? $shown : ( '' !== $p['phone'] ? $p['phone'] : '@' . $p['username'] ) ) )[0];
			$rows[]          = array( $n, sprintf( '01%024d', $n ), $p['name'], $p['profile'], $p['country'], $p['language'], $p['source'], $p['user'], (int) $p['last_in'], (int) $p['created'], 1, $p['sort_name'], $p['email'], $p['marketing'], $p['utility'], $p['login'] );
			foreach ( array( Contacts::PHONE => $p['phone'], Contacts::USERNAME => $p['username'], Contacts::BSUID => "DE.$n" ) as $kind => $text ) {
				if ( '' !== $text ) {
					$phone[] = array( $n, $kind, $text, 1, 1 );
				}
			}
			foreach ( $p['words'] as $word ) {
				$words[] = array( $word, $n );
			}
			foreach ( $p['groups'] as $id ) {
				$group[] = array( $id, $n, 1 );
			}
			foreach ( $p['values'] as $name => $text ) {
				$number  = 'birthday' === $name ? intdiv( (int) strtotime( "$text UTC" ), 86400 ) : ( in_array( $name, array( 'points', 'member' ), true ) ? $text : 0 );
				$value[] = array( $n, $this->fields[ $name ], (string) $text, $number );
			}
			if ( $p['out'] ) {
				$sent[] = array( 1, 1, $n, Native\DIRECTION_OUT, 1, 40, 2, 'x', '', (int) $p['out'] );
			}
			$sent[] = array( 1, 1, $n, Native\DIRECTION_IN, 1, 1, 1, 'x', '', $this->now );
			$talk[] = array( 1, $n, $p['unread'] ? 1 : 0 );
			foreach ( array( Native\PURPOSE_MARKETING => 'marketing', Native\PURPOSE_UTILITY => 'utility', Native\PURPOSE_LOGIN => 'login' ) as $purpose => $column ) {
				if ( $p[ $column ] ) {
					$agree[] = array( $n, $purpose, $p[ $column ], "Yes, $n", (int) $p['created'], 1 );
				}
			}
		}
		unset( $p );
		$this->insert( 'contacts', 'id,uid,name,profile_name,country,language,source,wp_user_id,last_in_ms,created_ms,updated_ms,sort_name,email,marketing,utility,login', $rows );
		$this->insert( 'contact_identities', 'contact_id,kind,value,created_ms,seen_ms', $phone );
		$this->insert( 'contact_words', 'word,contact_id', $words );
		$this->insert( 'group_members', 'group_id,contact_id,added_ms', $group );
		$this->insert( 'contact_values', 'contact_id,field_id,text,number', $value );
		$this->insert( 'messages', 'account_id,conversation_id,contact_id,direction,type,state,origin,body,payload,at_ms', $sent );
		$this->insert( 'conversations', 'account_id,contact_id,is_unread', $talk );
		$this->insert( 'consents', 'contact_id,purpose,state,wording,at_ms,created_ms', $agree );
	}

	private function insert( string $table, string $columns, array $rows ): void {
		global $wpdb;
		foreach ( array_chunk( $rows, 300 ) as $chunk ) {
			$tuples = array();
			foreach ( $chunk as $row ) {
				$tuples[] = '(' . implode( ',', array_map( static fn( $v ) => is_string( $v ) ? "'" . esc_sql( $v ) . "'" : $v, $row ) ) . ')';
			}
			if ( false === $wpdb->query( 'INSERT INTO ' . Schema::table( $table ) . " ($columns) VALUES " . implode( ',', $tuples ) ) ) {
				throw new \RuntimeException( "$table: $wpdb->last_error" );
			}
		}
	}
}
