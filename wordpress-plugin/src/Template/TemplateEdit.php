<?php
/**
 * Changing templates.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Account\Accounts;
use NxtChat\Account\Home;
use NxtChat\Live\Live;
use NxtChat\Native;
use NxtChat\Native\Exception\GraphError;
use NxtChat\Problems;
use NxtChat\Site;

/** Drafts, copies, deleting, unpausing. Handing in is TemplateSubmit's. */
final class TemplateEdit {

	/** For how long the name of a deleted template that was approved is blocked (Meta, "Manage templates"). */
	private const NAME_BLOCKED_MS = 30 * DAY_IN_SECONDS * 1000;

	/** Names that a copy tries: order_update_copy, order_update_copy_2 … */
	private const COPIES = 50;

	/** Names and languages that the columns take as they are. Longer and other ones stay in the draft. */
	private const NAME     = '/^[a-z0-9_]{1,480}$/D';
	private const LANGUAGE = '/^[A-Za-z_]{2,35}$/D';

	/** Meta's subcodes: no such object; no such template. */
	private const GONE_SUBCODES = array( 33, 2593002 );

	/**
	 * Saves a draft, whatever is wrong with it, and hands it in when told so.
	 *
	 * @param array{id?: int, account?: int, template?: array, bindings?: array, submit?: bool, updated_ms?: int} $input
	 *        id: changes that template; else account (the only one when there is one). updated_ms: of the template that was changed.
	 * @return array<string, mixed>|\WP_Error Templates::detail(). Errors of handing in carry data.template, which is saved.
	 */
	public static function save( array $input ): array|\WP_Error {
		$draft = isset( $input['template'] ) ? TemplateDraft::clean( $input['template'] ) : null;
		if ( is_wp_error( $draft ) ) {
			return $draft;
		}
		$bindings = null;
		if ( isset( $input['bindings'] ) ) {
			[ $bindings, $problems ] = Bindings::clean( $input['bindings'] );
			if ( $problems ) {
				return self::refused( $problems, 400, 'nxtchat_invalid' );
			}
		}
		$id     = (int) ( $input['id'] ?? 0 );
		$is_new = 0 === $id || '' === ( TemplateStore::get( $id )['meta_id'] ?? '' );
		if ( 0 === $id ) {
			$waba = self::waba( (int) ( $input['account'] ?? 0 ) );
			if ( is_wp_error( $waba ) ) {
				return $waba;
			}
			$id = self::add( $waba, $draft ?? TemplateDraft::clean( array() ), $bindings ?? array() );
		} else {
			$error = TemplateStore::transaction_again( static fn() => self::change( $id, $draft, $bindings, (int) ( $input['updated_ms'] ?? 0 ) ) );
			if ( is_wp_error( $error ) ) {
				return $error;
			}
		}
		Live::bump();
		return empty( $input['submit'] ) ? Templates::detail( $id ) : TemplateSubmit::submit( $id, $is_new );
	}

	/** Hands a draft in. @return array<string, mixed>|\WP_Error */
	public static function submit( int $id ): array|\WP_Error {
		return TemplateSubmit::submit( $id );
	}

	/**
	 * A draft with the text of a template, under another name or in another language.
	 *
	 * @param array{name?: string, language?: string} $as Neither: a free name is found.
	 * @return array<string, mixed>|\WP_Error
	 */
	public static function duplicate( int $id, array $as ): array|\WP_Error {
		$template = Templates::get( $id );
		if ( null === $template ) {
			return Templates::missing();
		}
		$draft = TemplateDraft::editable( $template );
		$name  = trim( (string) ( $as['name'] ?? '' ) );
		$lang  = trim( (string) ( $as['language'] ?? '' ) );
		if ( '' === $name && ( '' === $lang || $lang === $template['language'] ) ) {
			$name = self::free_name( $template );
		}
		$draft = TemplateDraft::clean(
			array(
				'name'     => '' === $name ? $template['name'] : $name,
				'language' => '' === $lang ? $template['language'] : $lang,
			) + $draft
		);
		if ( is_wp_error( $draft ) ) {
			return $draft;
		}
		$new = self::add( $template['waba_id'], $draft, (array) $template['bindings'] );
		Live::bump();
		return Templates::detail( $new );
	}

	/**
	 * Deletes a draft, or a template at Meta in one or in all languages. What messages point at stays here as gone.
	 *
	 * @param bool $force Also when something on this site needs it.
	 * @return array{deleted: list<int>, name: string, blocked_until_ms: int}|\WP_Error blocked_until_ms: when Meta takes the name again, 0 = now.
	 */
	public static function delete( int $id, bool $all_languages = false, bool $force = false ): array|\WP_Error {
		$row = TemplateStore::get( $id );
		if ( null === $row ) {
			return Templates::missing();
		}
		$template = Templates::json( array( $row ) )[0];
		if ( ! $all_languages && '' === $row['meta_id'] ) {
			TemplateStore::transaction_again( static fn() => TemplateStore::is_used( $id ) ? TemplateStore::update( $id, array( 'gone_ms' => Site::now_ms() ) ) : TemplateStore::remove( array( $id ) ) );
			Live::bump();
			return self::deleted( array( $id ), $template['name'], 0 );
		}
		if ( $row['gone_ms'] > 0 ) {
			return self::gone();
		}
		$hit = array( $row );
		if ( $all_languages ) {
			$hit = array_values( array_filter( TemplateStore::languages( $row['waba_id'], Templates::plain_name( $row['name'] ) ), static fn( array $other ): bool => '' !== $other['meta_id'] && 0 === (int) $other['gone_ms'] ) );
		}
		foreach ( $hit as $one ) {
			if ( 'DISABLED' === $one['status'] ) {
				return Problems::refuse( 'nxtchat_template_disabled', 409, __( 'Meta disabled this template, and one that is disabled cannot be deleted.', 'nxt-cloud-chat' ) );
			}
		}
		$uses = array_values( array_filter( array_merge( ...array_map( static fn( array $one ): array => Templates::uses( $one ), Templates::json( $hit ) ) ), static fn( array $use ): bool => $use['critical'] ) );
		if ( $uses && ! $force ) {
			return Problems::refuse( 'nxtchat_template_used', 409, __( 'This template is needed.', 'nxt-cloud-chat' ), __( 'Change what needs it first, or delete it all the same.', 'nxt-cloud-chat' ), array( 'uses' => $uses ) );
		}
		$ready = self::ready( $row );
		if ( is_wp_error( $ready ) ) {
			return $ready;
		}
		$params = array( 'name' => Templates::plain_name( $row['name'] ) ) + ( $all_languages ? array() : array( 'hsm_id' => $row['meta_id'] ) );
		try {
			Native\graph_call( $ready, 'DELETE', $row['waba_id'] . '/message_templates', $params );
		} catch ( GraphError $e ) {
			if ( 'unknown_outcome' !== $e->class && ! in_array( $e->subcode, self::GONE_SUBCODES, true ) ) {
				return TemplateSubmit::told( $e, array() );
			}
			if ( 'unknown_outcome' === $e->class ) {
				TemplateSync::ask( $row['waba_id'] ); // Whether it is gone is seen by the next reading.
				return Problems::refuse( 'nxtchat_template_unknown', 502, __( 'No clear answer from Meta: the template may or may not be deleted.', 'nxt-cloud-chat' ), __( 'The list shows in about a minute what became of it.', 'nxt-cloud-chat' ) );
			}
		}
		$approved = false;
		$ids      = array();
		$entries  = array();
		$now      = Site::now_ms();
		foreach ( $hit as $one ) {
			$ids[]     = (int) $one['id'];
			$approved  = $approved || 'APPROVED' === $one['status'];
			$entries[] = array(
				'template_id' => (int) $one['id'],
				'kind'        => TemplateLog::DELETED,
				'before'      => $one['status'],
				'after'       => Templates::GONE,
				'source'      => TemplateLog::STAFF,
			);
		}
		TemplateStore::transaction_again(
			static function () use ( $ids, $entries, $now ): void {
				TemplateStore::change( array_fill_keys( $ids, array( 'gone_ms' => $now, 'updated_ms' => $now ) ) ); // phpcs:ignore WordPress.Arrays -- One thought.
				TemplateLog::add( $entries );
			}
		);
		return self::deleted( $ids, Templates::plain_name( $row['name'] ), $approved ? $now + self::NAME_BLOCKED_MS : 0 );
	}

	/** Ends a pause. @return array<string, mixed>|\WP_Error */
	public static function unpause( int $id ): array|\WP_Error {
		$row = TemplateStore::get( $id );
		if ( null === $row ) {
			return Templates::missing();
		}
		if ( $row['gone_ms'] > 0 ) {
			return self::gone();
		}
		if ( 'PAUSED' !== $row['status'] ) {
			return Problems::refuse( 'nxtchat_template_not_paused', 409, __( 'This template is not paused.', 'nxt-cloud-chat' ) );
		}
		$ready = self::ready( $row );
		if ( is_wp_error( $ready ) ) {
			return $ready;
		}
		$answer = Native\graph_call( $ready, 'POST', $row['meta_id'] . '/unpause' );
		if ( empty( $answer['success'] ) ) {
			TemplateSync::ask( $row['waba_id'] );
			$reason = is_string( $answer['reason'] ?? null ) ? $answer['reason'] : __( 'Meta keeps the template paused.', 'nxt-cloud-chat' );
			return Problems::refuse( 'nxtchat_template_paused', 409, $reason, __( 'Wait until the pause ends by itself, or improve the text.', 'nxt-cloud-chat' ) );
		}
		TemplateStore::transaction_again(
			static function () use ( $id ): void {
				$now = TemplateStore::lock( $id );
				if ( null === $now || 'PAUSED' !== $now['status'] ) {
					return; // Its webhook was quicker.
				}
				TemplateStore::update( $id, array( 'status' => 'APPROVED', 'updated_ms' => Site::now_ms() ) ); // phpcs:ignore WordPress.Arrays -- One thought.
				TemplateLog::add( array( array( 'template_id' => $id, 'kind' => TemplateLog::UNPAUSED, 'before' => 'PAUSED', 'after' => 'APPROVED', 'source' => TemplateLog::STAFF ) ) ); // phpcs:ignore WordPress.Arrays -- One thought.
			}
		);
		return Templates::detail( $id );
	}

	/**
	 * The credentials with which a template's account asks Meta.
	 *
	 * @param array<string, string> $row
	 * @return array<string, string>|\WP_Error
	 */
	public static function ready( array $row ): array|\WP_Error {
		$id      = Templates::account_of( $row );
		$account = 0 === $id ? null : Accounts::get( $id );
		if ( null === $account ) {
			return Problems::refuse( 'nxtchat_no_account', 409, __( 'The WhatsApp Business account of this template is not connected any more.', 'nxt-cloud-chat' ), __( 'Connect one of its numbers under WhatsApp → Accounts.', 'nxt-cloud-chat' ) );
		}
		return $account['is_clone'] ? Home::error() : Accounts::credentials( $id );
	}

	public static function gone(): \WP_Error {
		return Problems::refuse( 'nxtchat_template_gone', 409, __( 'Meta no longer has this template.', 'nxt-cloud-chat' ), __( 'Duplicate it to hand it in anew.', 'nxt-cloud-chat' ) );
	}

	/** @param list<array> $problems With place, rule, severity, message, remedy. */
	public static function refused( array $problems, int $status = 422, string $code = 'nxtchat_template_invalid', array $more = array() ): \WP_Error {
		return new \WP_Error(
			$code,
			1 === count( $problems ) ? $problems[0]['message'] : __( 'Some parts of the template need another look.', 'nxt-cloud-chat' ),
			array(
				'status'   => $status,
				'problems' => $problems,
			) + ( 1 === count( $problems ) && '' !== $problems[0]['remedy'] ? array( 'remedy' => $problems[0]['remedy'] ) : array() ) + $more
		);
	}

	/** The name's column: with a suffix when the name cannot be one, or another template has it. */
	public static function key( string $waba, string $name, string $language, int $own ): string {
		$usable = 1 === preg_match( self::NAME, $name ) && 1 === preg_match( self::LANGUAGE, $language );
		$there  = $usable ? TemplateStore::by_name( $waba, $name, $language ) : null;
		if ( $usable && ( null === $there || (int) $there['id'] === $own ) ) {
			return $name;
		}
		return ( $usable ? $name : '' ) . '~' . strtolower( Native\ulids( 1 )[0] );
	}

	/** Writes a new draft. @return int Its id. */
	private static function add( string $waba, array $draft, array $bindings ): int {
		$now = Site::now_ms();
		return TemplateStore::transaction_again(
			static function () use ( $waba, $draft, $bindings, $now ): int {
				$columns = self::columns( $waba, $draft, 0 );
				$row     = array(
					'waba_id'       => $waba,
					'status'        => Templates::DRAFT,
					'bindings_json' => self::bindings( $bindings ),
					'created_ms'    => $now,
					'updated_ms'    => $now,
				);
				// Somebody may write the same name between the look and the insert.
				$id = TemplateStore::add( $row + $columns );
				if ( 0 === $id ) {
					$id = TemplateStore::add( array( 'name' => $draft['name'] . '~' . strtolower( Native\ulids( 1 )[0] ) ) + $row + $columns );
				}
				TemplateLog::add( array( array( 'template_id' => $id, 'kind' => TemplateLog::CREATED, 'after' => Templates::DRAFT, 'source' => TemplateLog::STAFF ) ) ); // phpcs:ignore WordPress.Arrays -- One thought.
				return $id;
			}
		);
	}

	/** Changes draft or bindings of one that is there. Null when done. */
	private static function change( int $id, ?array $draft, ?array $bindings, int $updated_ms ): ?\WP_Error {
		$row = TemplateStore::lock( $id );
		if ( null === $row ) {
			return Templates::missing();
		}
		if ( $updated_ms > 0 && $updated_ms !== (int) $row['updated_ms'] ) {
			return Problems::refuse(
				'nxtchat_changed',
				409,
				__( 'This template was changed meanwhile.', 'nxt-cloud-chat' ),
				__( 'Load it again, then make your change.', 'nxt-cloud-chat' ),
				array( 'template' => Templates::json( array( $row ) )[0] )
			);
		}
		if ( $row['gone_ms'] > 0 ) {
			return self::gone();
		}
		$change = null === $bindings ? array() : array( 'bindings_json' => self::bindings( $bindings ) );
		if ( null !== $draft ) {
			$before = TemplateDraft::of( $row );
			if ( isset( $before['submitted'] ) ) {
				$draft['submitted'] = $before['submitted'];
			}
			if ( '' === $row['meta_id'] ) {
				$change += self::columns( $row['waba_id'], $draft, $id );
			} else {
				foreach ( array( 'name', 'language' ) as $key ) {
					$fixed = 'name' === $key ? Templates::plain_name( $row['name'] ) : $row['language'];
					if ( '' !== $draft[ $key ] && $draft[ $key ] !== $fixed ) {
						return self::refused( array( self::problem( $key, "{$key}_fixed", __( 'Name and language stay once a template was handed in.', 'nxt-cloud-chat' ), __( 'Duplicate the template under the other name or language.', 'nxt-cloud-chat' ) ) ) );
					}
					$draft[ $key ] = $fixed;
				}
				$change['draft_json'] = self::differs( $draft, $row ) ? TemplateDraft::encode( $draft ) : '';
			}
		}
		if ( $change ) {
			// Two savings in one millisecond must differ.
			TemplateStore::update( $id, $change + array( 'updated_ms' => max( Site::now_ms(), (int) $row['updated_ms'] + 1 ) ) );
		}
		return null;
	}

	/** Is there anything to hand in? What Meta has is compared in the form in which it is handed in. */
	private static function differs( array $draft, array $row ): bool {
		if ( isset( $draft['submitted'] ) ) {
			return true;
		}
		$there = TemplateDraft::clean( TemplateDraft::editable( array( 'draft' => null ) + Templates::json( array( $row ) )[0] ) );
		return is_wp_error( $there ) || TemplateDraft::hash( $draft ) !== TemplateDraft::hash( $there );
	}

	/** Columns of a template that was never handed in. @return array<string, string|int> */
	private static function columns( string $waba, array $draft, int $own ): array {
		$language = 1 === preg_match( self::LANGUAGE, $draft['language'] ) ? $draft['language'] : '';
		return array(
			'name'             => self::key( $waba, $draft['name'], $draft['language'], $own ),
			'language'         => $language,
			'category'         => substr( (string) preg_replace( '/[^A-Z_]/', '', $draft['category'] ), 0, 40 ),
			'parameter_format' => substr( (string) preg_replace( '/[^A-Z_]/', '', strtoupper( $draft['parameter_format'] ) ), 0, 20 ),
			'draft_json'       => TemplateDraft::encode( $draft ),
		);
	}

	private static function bindings( array $bindings ): string {
		return $bindings ? (string) wp_json_encode( $bindings, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) : '';
	}

	/** The WhatsApp Business account that a new template is for. */
	private static function waba( int $account_id ): string|\WP_Error {
		$accounts = Templates::accounts();
		if ( 0 === $account_id && 1 === count( $accounts ) ) {
			return (string) array_key_first( $accounts );
		}
		$waba = 0 === $account_id ? '' : (string) ( Accounts::get( $account_id )['waba_id'] ?? '' );
		if ( '' !== $waba ) {
			return $waba;
		}
		return $accounts
			? Problems::error( array( Problems::one( 'account', __( 'Say for which account the template is.', 'nxt-cloud-chat' ) ) ) )
			: Problems::refuse( 'nxtchat_no_account', 409, __( 'No WhatsApp number is connected yet.', 'nxt-cloud-chat' ), __( 'Connect one under WhatsApp → Accounts: templates belong to it.', 'nxt-cloud-chat' ) );
	}

	private static function free_name( array $template ): string {
		for ( $n = 1; $n <= self::COPIES; $n++ ) {
			$name = substr( $template['name'], 0, 470 ) . '_copy' . ( 1 === $n ? '' : "_$n" );
			if ( null === TemplateStore::by_name( $template['waba_id'], $name, $template['language'] ) ) {
				return $name;
			}
		}
		return '';
	}

	/** @param list<int> $ids @return array{deleted: list<int>, name: string, blocked_until_ms: int} */
	private static function deleted( array $ids, string $name, int $until ): array {
		return array(
			'deleted'          => $ids,
			'name'             => $name,
			'blocked_until_ms' => $until,
		);
	}

	/** @return array{place: string, rule: string, severity: string, message: string, remedy: string} */
	public static function problem( string $place, string $rule, string $message, string $remedy ): array {
		return array(
			'place'    => $place,
			'rule'     => $rule,
			'severity' => 'error',
			'message'  => $message,
			'remedy'   => $remedy,
		);
	}
}
