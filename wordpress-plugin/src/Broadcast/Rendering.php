<?php
/**
 * What recipients of a broadcast get.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Native;
use NxtChat\Problems;
use NxtChat\Template\Bindings;
use NxtChat\Template\BindingSources;
use NxtChat\Template\TemplateMessage;
use NxtChat\Template\Templates;
use NxtChat\Template\TemplateSend;

/**
 * The templates of one broadcast, with each contact's values and in their language: what they are for, what is wrong with them, who lacks
 * a value. Made anew from time to time: templates change.
 */
final class Rendering {

	/** Messages that are the same for many are worked out once; so many are remembered. */
	private const REMEMBERED = 500;

	/**
	 * Template JSON by variant and language: with merged bindings, `whole` as the native functions take it, and whether somebody may lack a value (`doubtful`).
	 *
	 * @var array<int, array<string, array>>
	 */
	private array $templates = array();

	/** Language of the definition by variant. @var array<int, string> */
	private array $fallback = array();

	/** One of Native\PURPOSE_*: marketing, unless all that may be sent is utility. */
	public readonly int $purpose;

	/** Whether people must have agreed: for marketing, unless the owner says that no withdrawal is enough. */
	public readonly bool $needs_grant;

	/** Everything that keeps it from being sent. @var list<array{path: string, message: string, remedy?: string}> */
	public readonly array $problems;

	/** The first of these; null when it can be sent. */
	public readonly ?\WP_Error $unfit;

	/** @var array<string, array{message: string, text: string, shown: string}> */
	private array $remembered = array();

	/**
	 * @param array $definition Clean.
	 * @param int   $winner     Variant that won a test: nothing else is sent any more.
	 */
	public function __construct( int $account, array $definition, int $winner = 0 ) {
		$problems = array();
		foreach ( Definition::messages( $definition, $winner ) as $variant => $message ) {
			array_push( $problems, ...$this->load( $account, $variant, $message, 'one' === $definition['languages'] ) );
		}
		$categories        = array_map( 'strtoupper', array_merge( ...array_map( static fn( array $of ): array => array_column( $of, 'category' ), $this->templates ) ) );
		$this->purpose     = $categories && ! array_diff( $categories, array( 'UTILITY' ) ) ? Native\PURPOSE_UTILITY : Native\PURPOSE_MARKETING;
		$this->needs_grant = 'granted' === $definition['consent'] || ( '' === $definition['consent'] && Native\PURPOSE_MARKETING === $this->purpose );
		$this->problems    = $problems;
		$this->unfit       = $problems ? Problems::refuse( 'nxtchat_broadcast_incomplete', 422, $problems[0]['message'], $problems[0]['remedy'] ?? '' ) : null;
	}

	/** The template of a variant in the language of the definition, with its bindings; null when it cannot be sent. */
	public function template( int $variant ): ?array {
		return $this->templates[ $variant ][ $this->fallback[ $variant ] ?? '' ] ?? null;
	}

	/**
	 * Messages of contacts.
	 *
	 * @param array<int, array{language: string, variant: int}> $contacts By contact.
	 * @return array<int, array{message: string, text: string, shown: string, template: int}|null> By contact: Cloud API body without recipient,
	 *         its text, JSON of what it shows besides; null for whom a value is missing or not allowed.
	 */
	public function of( array $contacts ): array {
		$out = array();
		foreach ( $this->by_template( $contacts ) as [ $template, $list ] ) {
			foreach ( Bindings::values_many( $template, $list, array( 'sent' => true ) ) as $contact => $found ) {
				$message         = $found['missing'] ? null : $this->message( $template, $found['values'] );
				$out[ $contact ] = null === $message ? null : $message + array( 'template' => $template['id'] );
			}
		}
		return $out;
	}

	/** May anybody lack a value? */
	public function is_doubtful(): bool {
		return (bool) array_filter( array_merge( ...array_map( static fn( array $of ): array => array_column( $of, 'doubtful' ), $this->templates ) ) );
	}

	/**
	 * Of contacts those whose message of() cannot make. Who waits for the winner of a test needs the values of both.
	 *
	 * @param array<int, array{language: string, variant: int}> $contacts By contact.
	 * @return array<int, true> By contact.
	 */
	public function lacking( array $contacts ): array {
		$out = array();
		foreach ( $this->by_template( $contacts ) as [ $template, $list ] ) {
			foreach ( $template['doubtful'] ? Bindings::values_many( $template, $list, array( 'sent' => true ) ) : array() as $contact => $found ) {
				if ( $found['missing'] || Native\template_parameters( $template['whole'], $found['values'] )['problems'] ) {
					$out[ $contact ] = true;
				}
			}
		}
		return $out;
	}

	/**
	 * Takes in the templates of one variant.
	 *
	 * @param array{template: array{name: string, language: string}, values: array, path: string} $message Of Definition::messages().
	 * @return list<array{path: string, message: string, remedy?: string}> What is wrong with them.
	 */
	private function load( int $account, int $variant, array $message, bool $one ): array {
		[ 'name' => $name, 'language' => $language ] = $message['template'];

		$path                       = $message['path'] . 'template';
		$this->fallback[ $variant ] = $language;
		if ( '' === $name ) {
			return array( Problems::one( $path, __( 'No template is chosen.', 'nxt-cloud-chat' ), __( 'Choose an approved template.', 'nxt-cloud-chat' ) ) );
		}
		if ( 0 === $account ) {
			return array();
		}
		$rows = Templates::sendable( $account, $name );
		if ( ! isset( $rows[ $language ] ) ) {
			$row   = Templates::by_name( $account, $name, $language );
			$unfit = null === $row ? null : TemplateSend::unfit( $row );
			return array( null === $unfit ? Problems::one( $path, __( 'This number has no such template in this language.', 'nxt-cloud-chat' ), __( 'Choose a template of this number.', 'nxt-cloud-chat' ) ) : Problems::one( $path, $unfit->get_error_message(), (string) ( $unfit->get_error_data()['remedy'] ?? '' ) ) );
		}
		if ( $one ) {
			$rows = array( $language => $rows[ $language ] );
		}
		$problems = array();
		foreach ( Templates::json( array_values( $rows ), array() ) as $json ) {
			if ( 'AUTHENTICATION' === strtoupper( $json['category'] ) ) {
				$problems[] = Problems::one( $path, __( 'This template carries sign-in codes and is no broadcast.', 'nxt-cloud-chat' ), __( 'Choose a marketing or utility template.', 'nxt-cloud-chat' ) );
				continue;
			}
			$json['bindings'] = $message['values'] + (array) $json['bindings'];
			$json['whole']    = Templates::whole( $json, true );
			$json['doubtful'] = false;
			foreach ( Bindings::values( $json, 0, array( 'sent' => true ) )['missing'] as $gap ) {
				$source = (string) ( $json['bindings'][ $gap['key'] ]['source'] ?? '' );
				if ( '' !== $source && BindingSources::TEXT !== $source && ! str_starts_with( $source, 'site.' ) && '' === BindingSources::problem( $source ) ) {
					$json['doubtful'] = true; // Each person has their own, or none.
					continue;
				}
				$is_own = $json['language'] === $language;
				/* translators: %s: what a variable is, as "{{1}} in the text" */
				$text       = sprintf( __( 'Nothing fills in %s.', 'nxt-cloud-chat' ), $gap['label'] . ( $is_own ? '' : " ({$json['language']})" ) );
				$problems[] = Problems::one( "{$message['path']}values.{$gap['key']}", '' === $source ? $text : "$text {$gap['reason']}", $is_own ? __( 'Choose where its value comes from.', 'nxt-cloud-chat' ) : __( 'Choose in the template of that language where its value comes from, or send in one language.', 'nxt-cloud-chat' ) );
			}
			$this->templates[ $variant ][ $json['language'] ] = $json;
		}
		return $problems;
	}

	/**
	 * Contacts by what they get. Who waits for the winner of a test may get either.
	 *
	 * @param array<int, array{language: string, variant: int}> $contacts By contact.
	 * @return list<array{0: array, 1: list<int>}> Template and contacts.
	 */
	private function by_template( array $contacts ): array {
		$groups = array();
		foreach ( $contacts as $contact => $row ) {
			foreach ( isset( $this->templates[ $row['variant'] ] ) ? array( $row['variant'] ) : array_keys( $this->templates ) as $variant ) {
				$language                              = $this->language( $variant, $row['language'] );
				$groups[ "$variant $language" ][0]   ??= $this->templates[ $variant ][ $language ];
				$groups[ "$variant $language" ][1][]   = $contact;
			}
		}
		return array_values( $groups );
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
