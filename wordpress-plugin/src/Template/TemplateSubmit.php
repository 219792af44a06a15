<?php
/**
 * Handing templates in.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Native;
use NxtChat\Native\Exception\GraphError;
use NxtChat\Problems;
use NxtChat\Rest;
use NxtChat\Site;

/**
 * Creates a draft at Meta, or changes what Meta has. Checked here first, within Meta's rules for edits.
 *
 * Before anything is asked the draft is marked as submitted; the mark goes with a clear answer. Without one (a timeout, a crash) the
 * next attempt looks the template up by name and language first, so nothing is handed in twice.
 */
final class TemplateSubmit {

	/** Handing one in takes at most this long, in ms: nobody else hands it in meanwhile. */
	private const LEASE_MS = 90000;

	/** What is asked for when a template is looked up. */
	private const FIELDS = 'id,name,language,status,category,components';

	/** Pages of names that contain the one looked for. */
	private const LOOKUP_PAGES = 5;
	private const LOOKUP_LIMIT = 50;

	/** Meta's subcode for a name that has this language already. */
	private const EXISTS = 2388024;

	/** Where Meta's subcodes belong: parts of a template. */
	private const PLACES = array(
		2388019 => '',
		2388023 => 'name',
		2388024 => 'name',
		2388025 => '',
		2388026 => 'category',
		2388027 => '',
		2388036 => 'name',
		2388040 => 'BODY',
		2388047 => 'HEADER',
		2388072 => 'BODY',
		2388073 => 'FOOTER',
		2388293 => 'BODY',
		2388299 => 'BODY',
		2494102 => 'HEADER',
	);

	/**
	 * Hands the draft of a template in.
	 *
	 * @param bool $is_new Whoever asks knew of none at Meta: one that is there by now is not changed unseen.
	 * @return array<string, mixed>|\WP_Error Templates::detail() with `notices`: what Meta made of it. Errors carry data.template.
	 */
	public static function submit( int $id, bool $is_new = false ): array|\WP_Error {
		$row = TemplateStore::get( $id );
		if ( null === $row ) {
			return Templates::missing();
		}
		$is_new = $is_new || '' === $row['meta_id'];
		$owner  = Native\ulids( 1 )[0];
		$now    = Site::now_ms();
		if ( ! TemplateStore::lease( "submit-$id", $owner, $now, $now + self::LEASE_MS ) ) {
			return Problems::refuse( 'nxtchat_busy', 409, __( 'This template is being handed in at this moment.', 'nxt-cloud-chat' ), __( 'Wait a moment, then look again.', 'nxt-cloud-chat' ) );
		}
		try {
			$done = self::hand_in( TemplateStore::get( $id ) ?? $row, $is_new );
		} catch ( GraphError $e ) {
			$done = self::told( $e, TemplateDraft::of( $row )['components'] ?? array() );
		} finally {
			TemplateStore::release( "submit-$id", $owner );
		}
		if ( is_wp_error( $done ) ) {
			$done->add_data( array( 'template' => Templates::get( $id ) ) + (array) $done->get_error_data() );
			return $done;
		}
		$detail = Templates::detail( $id );
		return is_wp_error( $detail ) ? $detail : $detail + array( 'notices' => $done );
	}

	/**
	 * Everything that stands in the way of handing a template in, and what may surprise: of its text, its name, Meta's rules for edits.
	 *
	 * @param array<string, string> $row
	 * @return list<array{place: string, rule: string, severity: string, message: string, remedy: string}>
	 */
	public static function problems( array $row ): array {
		$template = Templates::json( array( $row ) )[0];
		if ( null === $template['draft'] ) {
			return Bindings::problems( $template );
		}
		$body     = TemplateDraft::body( $template['draft'] );
		$problems = Native\template_check( $body );
		$name     = (string) $body['name'];
		if ( '' === $row['meta_id'] && '' !== $name ) {
			$other = TemplateStore::by_name( $row['waba_id'], $name, (string) $body['language'] );
			if ( null !== $other && $other['id'] !== $row['id'] && 0 === (int) $other['gone_ms'] ) {
				$problems[] = TemplateEdit::problem( 'name', 'name_taken', __( 'There is a template of this name and language already.', 'nxt-cloud-chat' ), __( 'Choose another name or language, or change the other template.', 'nxt-cloud-chat' ) );
			}
		}
		if ( 'APPROVED' === $row['status'] && $body['category'] !== $row['category'] ) {
			$problems[] = TemplateEdit::problem( 'category', 'category_approved', __( 'The category of an approved template stays.', 'nxt-cloud-chat' ), __( 'Duplicate the template to hand it in under another category.', 'nxt-cloud-chat' ) );
		}
		return array( ...$problems, ...Bindings::problems( $template ) );
	}

	/**
	 * What Meta said, at its place where that can be told.
	 *
	 * @param list<mixed> $components
	 */
	public static function told( GraphError $e, array $components ): \WP_Error {
		$error = Rest::error( $e );
		$data  = (array) $error->get_error_data();
		if ( ! in_array( $e->class, array( 'never', 'client' ), true ) && ! ( $e->subcode >= 2388000 && $e->subcode < 2600000 ) ) {
			return $error; // The account, the network: nothing about the template.
		}
		$text    = '' !== $e->details ? $e->details : $e->getMessage();
		$problem = TemplateEdit::problem( self::place( $e->subcode, $text, $components ), 'meta', $text, $e->remedy );
		return new \WP_Error( 'nxtchat_template_refused', $text, array( 'status' => 422, 'problems' => array( $problem ), 'subcode' => $e->subcode ) + $data ); // phpcs:ignore WordPress.Arrays -- One thought.
	}

	/** @param array<string, string> $row @return list<string>|\WP_Error Notices. */
	private static function hand_in( array $row, bool $is_new ): array|\WP_Error {
		$draft = TemplateDraft::of( $row );
		if ( $row['gone_ms'] > 0 ) {
			return TemplateEdit::gone();
		}
		if ( null === $draft ) {
			return Problems::refuse( 'nxtchat_template_unchanged', 409, __( 'There are no changes to hand in.', 'nxt-cloud-chat' ) );
		}
		if ( $is_new && '' !== $row['meta_id'] && ! isset( $draft['submitted'] ) ) {
			return self::exists(); // Its webhook came between writing and handing in.
		}
		$problems = self::problems( $row );
		if ( array_filter( $problems, static fn( array $problem ): bool => 'error' === $problem['severity'] && ! str_starts_with( $problem['place'], 'bindings' ) ) ) {
			return TemplateEdit::refused( array_values( array_filter( $problems, static fn( array $problem ): bool => 'error' === $problem['severity'] ) ) );
		}
		$ready = TemplateEdit::ready( $row );
		if ( is_wp_error( $ready ) ) {
			return $ready;
		}
		if ( isset( $draft['submitted'] ) ) {
			$found = self::look_up( $ready, $row, $draft );
			if ( null !== $found ) {
				$row   = self::adopt( $row, $found, $draft );
				$draft = TemplateDraft::of( $row );
				if ( null === $draft ) {
					return array();
				}
			}
		}
		return '' === $row['meta_id'] ? self::create( $ready, $row, $draft ) : self::edit( $ready, $row, $draft );
	}

	/** @return list<string>|\WP_Error */
	private static function create( array $credentials, array $row, array $draft ): array|\WP_Error {
		$body  = TemplateDraft::body( $draft );
		$taken = TemplateStore::transaction_again( static fn(): bool => self::claim_name( $row, $draft ) );
		if ( $taken ) {
			return TemplateEdit::refused( array( TemplateEdit::problem( 'name', 'name_taken', __( 'There is a template of this name and language already.', 'nxt-cloud-chat' ), __( 'Choose another name or language, or change the other template.', 'nxt-cloud-chat' ) ) ) );
		}
		$asked = Site::now_ms();
		try {
			$answer = Native\graph_call( $credentials, 'POST', $row['waba_id'] . '/message_templates', $body );
		} catch ( GraphError $e ) {
			$exists = self::EXISTS === $e->subcode;
			if ( ! $exists && ! self::unclear( $e ) ) {
				self::unmark( $row );
				throw $e;
			}
			try {
				$found = self::look_up( $credentials, $row, $draft );
			} catch ( GraphError $again ) {
				return self::unknown();
			}
			if ( null === $found ) {
				if ( $exists ) {
					self::unmark( $row );
					throw $e;
				}
				return self::unknown();
			}
			$row = self::adopt( $row, $found, $draft, ! $exists );
			return null === TemplateDraft::of( $row ) ? array() : self::exists();
		}
		$meta_id = is_scalar( $answer['id'] ?? null ) ? (string) $answer['id'] : '';
		if ( '' === $meta_id || strlen( $meta_id ) > 64 ) {
			return self::unknown();
		}
		$category = self::word( $answer['category'] ?? '' );
		$status   = self::word( $answer['status'] ?? '' );
		TemplateStore::transaction_again( static fn() => self::created( $row, $body, $meta_id, '' === $status ? 'PENDING' : $status, '' === $category ? $body['category'] : $category, $asked ) );
		return '' === $category || $category === $body['category'] ? array() : array(
			/* translators: %s: a category, as MARKETING */
			sprintf( __( 'Meta took this template as %s: messages cost what that category costs.', 'nxt-cloud-chat' ), $category ),
		);
	}

	/** Takes the name's place in the table, and marks the draft as submitted. @return bool Whether another template has it. */
	private static function claim_name( array $row, array $draft ): bool {
		$name  = (string) $draft['name'];
		$other = TemplateStore::by_name( $row['waba_id'], $name, (string) $draft['language'] );
		if ( null !== $other && $other['id'] !== $row['id'] ) {
			if ( 0 === (int) $other['gone_ms'] ) {
				return true;
			}
			TemplateStore::update( (int) $other['id'], array( 'name' => substr( $name, 0, 490 ) . '~' . $other['id'] ) );
		}
		$draft['submitted'] = self::mark( $draft );
		TemplateStore::update( (int) $row['id'], array( 'name' => $name, 'language' => (string) $draft['language'], 'draft_json' => TemplateDraft::encode( $draft ) ) ); // phpcs:ignore WordPress.Arrays -- One thought.
		return false;
	}

	/** Meta has it now. Its webhook may have been here first. $asked: what Meta tells from then on is newer than its answer. */
	private static function created( array $row, array $body, string $meta_id, string $status, string $category, int $asked ): void {
		$id  = (int) $row['id'];
		$now = TemplateStore::lock( $id );
		if ( null === $now ) {
			return; // Deleted meanwhile: the next reading brings it back.
		}
		$known = Templates::DRAFT !== $now['status'];
		TemplateStore::update(
			$id,
			array(
				'meta_id'          => $meta_id,
				'status'           => $known ? $now['status'] : $status,
				'category'         => $known ? $now['category'] : $category,
				'parameter_format' => (string) ( $body['parameter_format'] ?? '' ),
				'components_json'  => (string) wp_json_encode( $body['components'], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ),
				'ttl_s'            => (int) ( $body['message_send_ttl_seconds'] ?? 0 ),
				'draft_json'       => self::rest( $now, $body ),
				'synced_ms'        => $asked,
				'updated_ms'       => max( Site::now_ms(), (int) $now['updated_ms'] + 1 ),
			)
		);
		$entries = array();
		if ( ! $known ) {
			$entries[] = self::entry( $id, TemplateLog::STATUS, Templates::DRAFT, $status, $asked );
			if ( $category !== $body['category'] ) {
				$entries[] = self::entry( $id, TemplateLog::CATEGORY, (string) $body['category'], $category, $asked );
			}
		}
		TemplateLog::add( $entries );
	}

	/** @return list<string>|\WP_Error */
	private static function edit( array $credentials, array $row, array $draft ): array|\WP_Error {
		$refused = self::may_edit( $row );
		if ( null !== $refused ) {
			return $refused;
		}
		$body   = TemplateDraft::body( $draft );
		$params = array( 'components' => $body['components'] );
		foreach ( array( 'category', 'parameter_format', 'message_send_ttl_seconds' ) as $key ) {
			$column = 'message_send_ttl_seconds' === $key ? 'ttl_s' : $key;
			if ( isset( $body[ $key ] ) && (string) $body[ $key ] !== (string) $row[ $column ] ) {
				$params[ $key ] = $body[ $key ];
			}
		}
		// Meta reviews it from now on. Written before it is asked: the webhook of its verdict may be quicker than the answer.
		$row   = TemplateStore::transaction_again( static fn(): array => self::begin_edit( $row, $draft ) );
		$asked = Site::now_ms();
		try {
			$answer = Native\graph_call( $credentials, 'POST', $row['meta_id'], $params );
			if ( empty( $answer['success'] ) ) {
				throw new \UnexpectedValueException();
			}
		} catch ( GraphError | \UnexpectedValueException $e ) {
			if ( $e instanceof GraphError && ! self::unclear( $e ) ) {
				self::unmark( $row );
				throw $e;
			}
			try {
				$found = self::look_up( $credentials, $row, $draft );
			} catch ( GraphError $again ) {
				return self::unknown();
			}
			if ( null === $found || ! self::same( $found, $body ) ) {
				return self::unknown();
			}
		}
		TemplateStore::transaction_again( static fn() => self::edited( $row, $body, $asked ) );
		return array();
	}

	/** Why Meta would not take a change now; null when it would. */
	private static function may_edit( array $row ): ?\WP_Error {
		if ( ! in_array( $row['status'], array( 'APPROVED', 'REJECTED', 'PAUSED' ), true ) ) {
			[ $message, $remedy ] = match ( $row['status'] ) {
				'PENDING', 'IN_APPEAL' => array( __( 'Meta is reviewing this template; it cannot be changed until that is done.', 'nxt-cloud-chat' ), __( 'Your changes are kept. Hand them in once the review is over; it takes up to 24 hours.', 'nxt-cloud-chat' ) ),
				'DISABLED'             => array( __( 'Meta disabled this template; it cannot be changed any more.', 'nxt-cloud-chat' ), __( 'Duplicate it, and improve the text.', 'nxt-cloud-chat' ) ),
				/* translators: %s: Meta's word for a status */
				default                => array( sprintf( __( 'A template that is %s cannot be changed.', 'nxt-cloud-chat' ), $row['status'] ), __( 'Duplicate it to hand the text in anew.', 'nxt-cloud-chat' ) ),
			};
			return Problems::refuse( 'nxtchat_template_not_editable', 409, $message, $remedy );
		}
		if ( 'APPROVED' === $row['status'] ) {
			$edits = Templates::edits( self::edits( $row ), Site::now_ms() );
			if ( $edits['next_at_ms'] > 0 ) {
				/* translators: 1: date, 2: time */
				$when = sprintf( __( '%1$s at %2$s', 'nxt-cloud-chat' ), wp_date( (string) get_option( 'date_format' ), intdiv( $edits['next_at_ms'], 1000 ) ), wp_date( (string) get_option( 'time_format' ), intdiv( $edits['next_at_ms'], 1000 ) ) );
				return Problems::refuse(
					'nxtchat_template_edit_limit',
					409,
					__( 'An approved template can be changed once in 24 hours and ten times in 30 days.', 'nxt-cloud-chat' ),
					/* translators: %s: date and time */
					sprintf( __( 'Your changes are kept. Hand them in from %s on.', 'nxt-cloud-chat' ), $when ),
					array( 'edits' => $edits )
				);
			}
		}
		return null;
	}

	/** @return array<string, string> The row as it is now. */
	private static function begin_edit( array $row, array $draft ): array {
		$draft['submitted'] = self::mark( $draft ) + array( 'status' => $row['status'] );
		TemplateStore::update( (int) $row['id'], array( 'status' => 'PENDING', 'draft_json' => TemplateDraft::encode( $draft ), 'updated_ms' => max( Site::now_ms(), (int) $row['updated_ms'] + 1 ) ) ); // phpcs:ignore WordPress.Arrays -- One thought.
		return TemplateStore::get( (int) $row['id'] ) ?? $row;
	}

	private static function edited( array $row, array $body, int $asked ): void {
		$id  = (int) $row['id'];
		$now = TemplateStore::lock( $id );
		if ( null === $now ) {
			return;
		}
		$before = (string) ( TemplateDraft::of( $row )['submitted']['status'] ?? '' );
		$edits  = self::edits( $now );
		if ( 'APPROVED' === $before ) {
			$edits = array( ...array_slice( $edits, -Templates::EDITS_30_DAYS ), Site::now_ms() );
		}
		$json = (string) wp_json_encode( $body['components'], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES );
		TemplateStore::update(
			$id,
			array(
				'components_json'  => $json,
				'category'         => 'APPROVED' === $before ? $now['category'] : (string) $body['category'],
				'parameter_format' => (string) ( $body['parameter_format'] ?? $now['parameter_format'] ),
				'ttl_s'            => (int) ( $body['message_send_ttl_seconds'] ?? $now['ttl_s'] ),
				'draft_json'       => self::rest( $now, $body ),
				'edits_json'       => $edits ? (string) wp_json_encode( $edits ) : '',
				'synced_ms'        => $asked,
				'updated_ms'       => max( Site::now_ms(), (int) $now['updated_ms'] + 1 ),
			)
		);
		$entries = array( self::entry( $id, TemplateLog::EDITED, TemplateSync::body( $now['components_json'] ), TemplateSync::body( $json ), $asked ) );
		if ( 'PENDING' === $now['status'] && 'PENDING' !== $before ) {
			$entries[] = self::entry( $id, TemplateLog::STATUS, $before, 'PENDING', $asked );
		}
		TemplateLog::add( $entries );
	}

	/** The template as Meta has it; null when it has none. @return array<string, mixed>|null */
	private static function look_up( array $credentials, array $row, array $draft ): ?array {
		if ( '' !== $row['meta_id'] ) {
			return Native\graph_call( $credentials, 'GET', $row['meta_id'], array( 'fields' => self::FIELDS ) );
		}
		$after = '';
		for ( $page = 0; $page < self::LOOKUP_PAGES; $page++ ) {
			$answer = Native\graph_call(
				$credentials,
				'GET',
				$row['waba_id'] . '/message_templates',
				array(
					'name'     => (string) $draft['name'],
					'language' => (string) $draft['language'],
					'fields'   => self::FIELDS,
					'limit'    => self::LOOKUP_LIMIT,
				) + ( '' === $after ? array() : array( 'after' => $after ) )
			);
			foreach ( (array) ( $answer['data'] ?? array() ) as $node ) {
				if ( ( $node['name'] ?? '' ) === $draft['name'] && ( $node['language'] ?? '' ) === $draft['language'] ) {
					return $node;
				}
			}
			$after = isset( $answer['paging']['next'] ) ? (string) ( $answer['paging']['cursors']['after'] ?? '' ) : '';
			if ( '' === $after ) {
				return null;
			}
		}
		return null;
	}

	/**
	 * What Meta has becomes the row's; the draft goes when it is what was handed in.
	 *
	 * @param bool $ours Whether it can only be what we handed in.
	 * @return array<string, string> The row.
	 */
	private static function adopt( array $row, array $node, array $draft, bool $ours = true ): array {
		$id = (int) $row['id'];
		TemplateSync::take( Templates::account_of( $row ), $node );
		TemplateStore::transaction_again(
			static function () use ( $id, $draft, $node, $ours ): void {
				$now = TemplateStore::lock( $id );
				if ( null === $now || null === TemplateDraft::of( $now ) ) {
					return;
				}
				$body = TemplateDraft::body( TemplateDraft::of( $now ) );
				$sent = ( $draft['submitted']['hash'] ?? TemplateDraft::hash( $draft ) ) === TemplateDraft::hash( $body );
				$done = $sent && ( self::same( $node, $body ) || ( $ours && '' === ( $draft['submitted']['status'] ?? '' ) ) );
				TemplateStore::update( $id, array( 'draft_json' => $done ? '' : TemplateDraft::encode( $body ), 'updated_ms' => max( Site::now_ms(), (int) $now['updated_ms'] + 1 ) ) ); // phpcs:ignore WordPress.Arrays -- One thought.
				if ( $done && 'APPROVED' === ( $draft['submitted']['status'] ?? '' ) ) {
					TemplateStore::update( $id, array( 'edits_json' => (string) wp_json_encode( array( ...array_slice( self::edits( $now ), -Templates::EDITS_30_DAYS ), (int) $draft['submitted']['at_ms'] ) ) ) );
				}
			}
		);
		return TemplateStore::get( $id ) ?? $row;
	}

	/** A refusal: the draft was not handed in, the status is what it was. */
	private static function unmark( array $row ): void {
		$id = (int) $row['id'];
		TemplateStore::transaction_again(
			static function () use ( $id ): void {
				$now   = TemplateStore::lock( $id );
				$draft = null === $now ? null : TemplateDraft::of( $now );
				if ( null === $draft ) {
					return;
				}
				$status = (string) ( $draft['submitted']['status'] ?? '' );
				TemplateStore::update( $id, array( 'draft_json' => TemplateDraft::encode( TemplateDraft::body( $draft ) ) ) + ( '' !== $status && 'PENDING' === $now['status'] ? array( 'status' => $status ) : array() ) );
			}
		);
	}

	/** What stays of a draft when $body was handed in: what somebody wrote meanwhile. */
	private static function rest( array $row, array $body ): string {
		$draft = TemplateDraft::of( $row );
		return null === $draft || TemplateDraft::hash( $draft ) === TemplateDraft::hash( $body ) ? '' : TemplateDraft::encode( TemplateDraft::body( $draft ) );
	}

	/** Has Meta the text that was handed in? */
	private static function same( array $node, array $body ): bool {
		return is_array( $node['components'] ?? null ) && TemplateDraft::same_text( $node['components'], $body['components'], (string) $body['category'] );
	}

	/** Could the request have had an effect? Not without a connection, and not when Meta says what is wrong with it. */
	private static function unclear( GraphError $e ): bool {
		return 'unknown_outcome' === $e->class || $e->httpStatus >= 500; // phpcs:ignore WordPress.NamingConventions.ValidVariableName -- The extension's name.
	}

	private static function exists(): \WP_Error {
		return Problems::refuse( 'nxtchat_template_exists', 409, __( 'Meta has a template of this name and language already. It is shown here now; your text is kept as a change that is not handed in.', 'nxt-cloud-chat' ), __( 'Hand it in again to change that template, or duplicate it under another name.', 'nxt-cloud-chat' ) );
	}

	private static function unknown(): \WP_Error {
		return Problems::refuse( 'nxtchat_template_unknown', 502, __( 'No clear answer from Meta: the template may or may not have arrived.', 'nxt-cloud-chat' ), __( 'Hand it in again in a minute. It is looked up first, so it cannot arrive twice.', 'nxt-cloud-chat' ) );
	}

	/** @return array{at_ms: int, hash: string} */
	private static function mark( array $draft ): array {
		return array(
			'at_ms' => Site::now_ms(),
			'hash'  => TemplateDraft::hash( $draft ),
		);
	}

	/** When a row was changed while approved. @return list<int> */
	private static function edits( array $row ): array {
		$edits = json_decode( $row['edits_json'], true );
		return is_array( $edits ) ? array_map( 'intval', array_values( $edits ) ) : array();
	}

	/** The part of a template that Meta's refusal is about: '' for the whole. @param list<mixed> $components */
	private static function place( int $subcode, string $text, array $components ): string {
		$place = self::PLACES[ $subcode ] ?? null;
		if ( null === $place ) {
			$place = match ( true ) {
				1 === preg_match( '/\bbuttons?\b/i', $text )  => 'BUTTONS',
				1 === preg_match( '/\bheader\b/i', $text )    => 'HEADER',
				1 === preg_match( '/\bfooter\b/i', $text )    => 'FOOTER',
				1 === preg_match( '/\b(body|variables?)\b/i', $text ) => 'BODY',
				1 === preg_match( '/\bcategory\b/i', $text )  => 'category',
				1 === preg_match( '/\blanguage\b/i', $text )  => 'language',
				default                                       => '',
			};
		}
		if ( '' === $place || strtolower( $place ) === $place ) {
			return $place;
		}
		foreach ( $components as $n => $component ) {
			if ( is_array( $component ) && strtoupper( (string) ( is_string( $component['type'] ?? null ) ? $component['type'] : '' ) ) === $place ) {
				return "components[$n]";
			}
		}
		return '';
	}

	/** One of Meta's words in capitals; '' for anything else. */
	private static function word( mixed $word ): string {
		return is_string( $word ) && 1 === preg_match( '/^[A-Za-z_]{1,40}$/D', $word ) ? strtoupper( $word ) : '';
	}

	/** @return array<string, mixed> */
	private static function entry( int $id, string $kind, string $before, string $after, int $at_ms ): array {
		return array(
			'template_id' => $id,
			'kind'        => $kind,
			'before'      => $before,
			'after'       => $after,
			'source'      => TemplateLog::STAFF,
			'at_ms'       => $at_ms,
		);
	}
}
