<?php
/**
 * What recipients of a broadcast get.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Native;
use NxtChat\Template\Bindings;
use NxtChat\Template\TemplateMessage;
use NxtChat\Template\Templates;

/** The templates of one broadcast, with each contact's values and in their language. Made anew from time to time: templates change. */
final class Rendering {

	/** Messages that are the same for many are worked out once; so many are remembered. */
	private const REMEMBERED = 500;

	/** Template JSON with merged bindings, by language, by variant (0 and 1: the first). @var array<int, array<string, array>> */
	private array $templates = array();

	/** Language of the definition by variant. @var array<int, string> */
	private array $fallback = array();

	/** One of Native\PURPOSE_*. */
	public readonly int $purpose;

	/** Why it cannot be sent now; null when it can. */
	public readonly ?\WP_Error $unfit;

	/** @var array<string, array{message: string, text: string, shown: string}> */
	private array $remembered = array();

	/** @param array $definition Clean. */
	public function __construct( int $account, private readonly array $definition, private readonly int $winner = 0 ) {
		$unfit   = null;
		$purpose = Native\PURPOSE_UTILITY;
		foreach ( array( 1 => $definition['template'] ) + ( null === $definition['ab'] ? array() : array( 2 => $definition['ab']['template'] ) ) as $variant => $template ) {
			$rows = Templates::sendable( $account, $template['name'] );
			if ( ! isset( $rows[ $template['language'] ] ) ) {
				$row   = Templates::by_name( $account, $template['name'], $template['language'] );
				$unfit = $unfit ?? ( null === $row ? new \WP_Error( 'nxtchat_no_template', __( 'The template no longer exists at Meta.', 'nxt-cloud-chat' ) ) : \NxtChat\Template\TemplateSend::unfit( $row ) );
			}
			if ( 'one' === $definition['languages'] ) {
				$rows = array_intersect_key( $rows, array( $template['language'] => true ) );
			}
			$this->fallback[ $variant ] = $template['language'];
			foreach ( $rows ? Templates::json( array_values( $rows ), array() ) : array() as $json ) {
				$json['bindings']                                    = $definition['values'] + (array) $json['bindings'];
				$json['whole']                                       = Templates::whole( $json, true );
				$this->templates[ $variant ][ $json['language'] ] = $json;
				$word    = TemplateMessage::PURPOSES[ strtoupper( $json['category'] ) ] ?? 'marketing';
				$purpose = 'utility' === $word ? $purpose : Native\PURPOSE_MARKETING;
			}
		}
		$this->purpose = $purpose;
		$this->unfit   = $unfit;
	}

	/**
	 * Messages of contacts.
	 *
	 * @param array<int, array{language: string, variant: int}> $contacts By contact.
	 * @return array<int, array{message: string, text: string, shown: string, template: int}|null> By contact: Cloud API body without recipient,
	 *         its text, JSON of what it shows besides; null for whom a value is missing or not allowed.
	 */
	public function of( array $contacts ): array {
		$groups = array();
		foreach ( $contacts as $contact => $row ) {
			$variant                                                              = 2 === ( $row['variant'] > 0 ? $row['variant'] : $this->winner ) ? 2 : 1;
			$groups[ $variant ][ $this->language( $variant, $row['language'] ) ][] = $contact;
		}
		$out = array();
		foreach ( $groups as $variant => $languages ) {
			foreach ( $languages as $language => $list ) {
				$template = $this->templates[ $variant ][ $language ];
				foreach ( Bindings::values_many( $template, $list, array( 'sent' => true ) ) as $contact => $found ) {
					$message         = $found['missing'] ? null : $this->message( $template, $found['values'] );
					$out[ $contact ] = null === $message ? null : $message + array( 'template' => $template['id'] );
				}
			}
		}
		return $out;
	}

	/** The language that a contact gets: theirs, else another of the same tongue, else that of the definition. */
	private function language( int $variant, string $wanted ): string {
		$there = $this->templates[ $variant ];
		$own   = $this->fallback[ $variant ];
		if ( '' === $wanted || isset( $there[ $wanted ] ) ) {
			return '' === $wanted ? $own : $wanted;
		}
		$tongue = strtolower( strtok( $wanted, '_-' ) );
		if ( strtolower( strtok( $own, '_-' ) ) === $tongue ) {
			return $own;
		}
		foreach ( array_keys( $there ) as $language ) {
			if ( strtolower( strtok( $language, '_-' ) ) === $tongue ) {
				return $language;
			}
		}
		return $own;
	}

	/** @return array{message: string, text: string, shown: string}|null */
	private function message( array $template, array $values ): ?array {
		$key = $template['id'] . ':' . md5( (string) wp_json_encode( $values ) );
		if ( isset( $this->remembered[ $key ] ) ) {
			return $this->remembered[ $key ];
		}
		$filled = Native\template_parameters( $template['whole'], $values );
		if ( $filled['problems'] ) {
			return null;
		}
		$seen    = (array) Native\template_render( $template['whole'], $values );
		$shown   = array_filter( array_diff_key( $seen, array_flip( array( 'body', 'preset', 'missing' ) ) ) );
		$message = array(
			'message' => self::encode(
				array(
					'type'     => 'template',
					'template' => array(
						'name'     => Templates::plain_name( $template['name'] ),
						'language' => array( 'code' => $template['language'] ),
					) + ( $filled['components'] ? array( 'components' => $filled['components'] ) : array() ),
				)
			),
			'text'    => (string) ( $seen['body']['text'] ?? '' ) ?: $template['name'],
			'shown'   => $shown ? self::encode( $shown ) : '',
		);
		if ( count( $this->remembered ) >= self::REMEMBERED ) {
			$this->remembered = array();
		}
		$this->remembered[ $key ] = $message;
		return $message;
	}

	/** The row's payload: Meta's message with its recipient, and what it shows. @param array{to?: string, recipient?: string} $address */
	public static function payload( array $address, string $message, string $shown ): string {
		return substr( self::encode( $address ), 0, -1 ) . ',' . substr( $message, 1, -1 ) . ( '' === $shown ? '' : ',"' . TemplateMessage::KEY . '":' . $shown ) . '}';
	}

	private static function encode( array $value ): string {
		return (string) wp_json_encode( $value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES );
	}
}
