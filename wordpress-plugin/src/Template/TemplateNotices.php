<?php
/**
 * What Meta did to templates that are needed, told in wp-admin.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Capabilities;
use NxtChat\Site;

/**
 * One notice for all: shown on the dashboard and on the plugin's screens, everywhere when something critical needs the template.
 * It goes when somebody dismisses it, when the template is approved again, or after 30 days. A template that nothing uses is never told.
 */
final class TemplateNotices {

	/** Option (autoloaded: every screen asks): what is to be told, by template id. */
	private const OPTION = 'nxtchat_template_notices';

	private const ACTION = 'nxtchat_template_notices';

	/** Templates told of at once, lines shown, and how long a line stays, in ms. */
	private const MAX      = 50;
	private const LINES    = 5;
	private const AGE_MAX_MS = 30 * DAY_IN_SECONDS * 1000;

	/** Statuses with which nothing is sent. */
	private const BAD = array( 'PAUSED', 'REJECTED', 'DISABLED' );

	/**
	 * Notes what is worth a word. To be called after the commit.
	 *
	 * @param list<array> $entries Of the log.
	 */
	public static function changed( array $entries ): void {
		$bad  = array();
		$good = array();
		foreach ( $entries as $entry ) {
			$id = (int) $entry['template_id'];
			if ( TemplateLog::STAFF === $entry['source'] || $entry['before'] === $entry['after'] ) {
				continue;
			}
			if ( TemplateLog::CATEGORY === $entry['kind'] || TemplateLog::DELETED === $entry['kind'] || ( TemplateLog::STATUS === $entry['kind'] && in_array( $entry['after'], self::BAD, true ) ) ) {
				$bad[ $id ] = array(
					'kind'   => $entry['kind'],
					'before' => $entry['before'],
					'after'  => $entry['after'],
					'reason' => $entry['reason'],
					'at_ms'  => Site::now_ms(),
				);
			} elseif ( TemplateLog::STATUS === $entry['kind'] && 'APPROVED' === $entry['after'] ) {
				$good[ $id ] = true;
			}
		}
		if ( ! $bad && ! $good ) {
			return;
		}
		$notes = self::notes();
		$after = array_filter( $notes, static fn( array $note, int $id ): bool => ! isset( $good[ $id ] ) || TemplateLog::CATEGORY === $note['kind'], ARRAY_FILTER_USE_BOTH );
		foreach ( $bad ? Templates::json( TemplateCounts::fresh( TemplateStore::some( array_keys( $bad ) ) ) ) : array() as $template ) {
			$uses = Templates::uses( $template );
			if ( $uses && ! ( isset( $good[ $template['id'] ] ) && 'APPROVED' === $template['status'] && TemplateLog::STATUS === $bad[ $template['id'] ]['kind'] ) ) {
				unset( $after[ $template['id'] ] );
				$after[ $template['id'] ] = $bad[ $template['id'] ] + array( 'critical' => in_array( true, array_column( $uses, 'critical' ), true ) );
			}
		}
		if ( $after !== $notes ) {
			update_option( self::OPTION, array_slice( $after, -self::MAX, null, true ), true );
		}
	}

	/** Action admin_notices. No statement while there is nothing to tell. */
	public static function show(): void {
		$notes = self::notes();
		if ( ! $notes || ! current_user_can( Capabilities::MANAGE ) ) {
			return;
		}
		$screen = get_current_screen();
		$ours   = null === $screen || 'dashboard' === $screen->id || str_contains( $screen->id, 'nxtchat' );
		if ( ! $ours ) {
			$notes = array_filter( $notes, static fn( array $note ): bool => ! empty( $note['critical'] ) );
		}
		$lines = array();
		foreach ( Templates::json( TemplateStore::some( array_keys( $notes ) ) ) as $template ) {
			$note = $notes[ $template['id'] ];
			if ( TemplateLog::STATUS !== $note['kind'] || 'APPROVED' !== $template['status'] ) {
				$lines[ $note['at_ms'] . ' ' . $template['id'] ] = self::line( $template, $note );
			}
		}
		if ( ! $lines ) {
			return;
		}
		krsort( $lines, SORT_NATURAL );
		echo '<div class="notice notice-warning nxtchat-templates"><p><strong>' . esc_html__( 'Meta changed WhatsApp templates that this site uses.', 'nxt-cloud-chat' ) . '</strong></p><ul>';
		foreach ( array_slice( $lines, 0, self::LINES ) as $line ) {
			echo '<li>' . wp_kses( $line, array( 'a' => array( 'href' => true ) ) ) . '</li>';
		}
		echo '</ul>';
		if ( count( $lines ) > self::LINES ) {
			/* translators: %d: a number */
			echo '<p><a href="' . esc_url( admin_url( 'admin.php?page=nxtchat-template' ) ) . '">' . esc_html( sprintf( _n( 'And %d more', 'And %d more', count( $lines ) - self::LINES, 'nxt-cloud-chat' ), count( $lines ) - self::LINES ) ) . '</a></p>';
		}
		echo '<form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '"><p><input type="hidden" name="action" value="' . esc_attr( self::ACTION ) . '"><input type="hidden" name="until" value="' . esc_attr( (string) max( array_column( $notes, 'at_ms' ) ) ) . '">';
		wp_nonce_field( self::ACTION );
		echo '<button class="button">' . esc_html__( 'Dismiss', 'nxt-cloud-chat' ) . '</button></p></form></div>';
	}

	/** Action admin_post: Dismiss. What came after the page was shown stays. */
	public static function dismiss(): void {
		check_admin_referer( self::ACTION );
		if ( ! current_user_can( Capabilities::MANAGE ) ) {
			wp_die( esc_html__( 'You are not allowed to do this. Ask an administrator of this site.', 'nxt-cloud-chat' ), 403 );
		}
		$until = (int) wp_unslash( $_POST['until'] ?? 0 ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- A number.
		self::forget( $until );
		$back = wp_get_referer();
		wp_safe_redirect( $back ? $back : admin_url() );
		exit;
	}

	/** Forgets what was noted until an instant. */
	public static function forget( int $until_ms ): void {
		$left = array_filter( self::notes(), static fn( array $note ): bool => $note['at_ms'] > $until_ms );
		$left ? update_option( self::OPTION, $left, true ) : delete_option( self::OPTION );
	}

	/** What is to be told and not too old. @return array<int, array{kind: string, before: string, after: string, reason: string, at_ms: int, critical: bool}> By template id. */
	public static function notes(): array {
		$notes = get_option( self::OPTION );
		$from  = Site::now_ms() - self::AGE_MAX_MS;
		return is_array( $notes ) ? array_filter( $notes, static fn( $note ): bool => is_array( $note ) && ( $note['at_ms'] ?? 0 ) > $from ) : array();
	}

	/** One sentence with a link, escaped. */
	private static function line( array $template, array $note ): string {
		$link = '<a href="' . esc_url( admin_url( 'admin.php?page=nxtchat-template#/template/' . $template['id'] ) ) . '">' . esc_html( $template['name'] ) . '</a> (' . esc_html( $template['language'] ) . ')';
		$why  = Templates::reason_text( $note['reason'] );
		$why  = '' === $why || TemplateLog::CATEGORY === $note['kind'] ? '' : ' ' . esc_html( $why );
		if ( TemplateLog::CATEGORY === $note['kind'] ) {
			/* translators: 1: name of a template, 2: a category, 3: another category */
			$text = $template['category'] === $note['after'] ? __( '%1$s moved from %2$s to %3$s. Messages cost the price of the new category from now on.', 'nxt-cloud-chat' ) : __( '%1$s is to move from %2$s to %3$s, with another price for its messages.', 'nxt-cloud-chat' );
			return sprintf( esc_html( $text ), $link, esc_html( self::category( $note['before'] ) ), esc_html( self::category( $note['after'] ) ) );
		}
		$text = match ( $note['after'] ) {
			/* translators: %s: name of a template */
			'PAUSED'   => __( '%s is paused and is not sent.', 'nxt-cloud-chat' ),
			/* translators: %s: name of a template */
			'REJECTED' => __( '%s was rejected and is not sent until it is changed and approved.', 'nxt-cloud-chat' ),
			/* translators: %s: name of a template */
			'DISABLED' => __( '%s was disabled for good. Use another template in its place.', 'nxt-cloud-chat' ),
			/* translators: %s: name of a template */
			default    => __( '%s no longer exists at Meta and is not sent.', 'nxt-cloud-chat' ),
		};
		return sprintf( esc_html( $text ), $link ) . $why;
	}

	private static function category( string $category ): string {
		return match ( $category ) {
			'MARKETING'      => __( 'Marketing', 'nxt-cloud-chat' ),
			'UTILITY'        => __( 'Utility', 'nxt-cloud-chat' ),
			'AUTHENTICATION' => __( 'Authentication', 'nxt-cloud-chat' ),
			default          => $category,
		};
	}
}
