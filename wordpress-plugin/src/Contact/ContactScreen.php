<?php
/**
 * What WordPress itself draws around the contacts: screen options and help.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Field\Fields;

/** Columns, people per page, help tabs. The screen itself is client/contact. */
final class ContactScreen {

	/** WordPress's name of the page: Screen::menu() makes it independent of language and unread count. */
	public const HOOK = 'nxtchat_page_nxtchat-contact';

	/** User option: people per page of the list. */
	public const PER_PAGE = 'nxtchat_contacts_per_page';

	private const DEFAULT_PER_PAGE = 20;

	/** As many as the route gives at once. */
	private const MAX_PER_PAGE = 100;

	/** Hidden until a person asks for them; so are all custom fields. */
	private const HIDDEN = array( 'handle', 'email', 'language', 'source' );

	/** Before the page is drawn. */
	public static function load(): void {
		add_screen_option(
			'per_page',
			array(
				'label'   => __( 'People per page', 'nxt-cloud-chat' ),
				'default' => self::DEFAULT_PER_PAGE,
				'option'  => self::PER_PAGE,
			)
		);
		$screen = get_current_screen();
		foreach ( self::help() as $id => list( $title, $paragraphs ) ) {
			$screen->add_help_tab(
				array(
					'id'      => "nxtchat-$id",
					'title'   => $title,
					'content' => '<p>' . implode( '</p><p>', array_map( 'esc_html', $paragraphs ) ) . '</p>',
				)
			);
		}
	}

	/**
	 * Columns of the list, for the screen options. (WordPress gives no check box to a column called username.)
	 *
	 * @return array<string, string> Key => heading.
	 */
	public static function columns(): array {
		$columns = array(
			'cb'        => '<input type="checkbox" />',
			'name'      => __( 'Name', 'nxt-cloud-chat' ),
			'phone'     => __( 'Phone', 'nxt-cloud-chat' ),
			'handle'    => __( 'Username', 'nxt-cloud-chat' ),
			'email'     => __( 'Email', 'nxt-cloud-chat' ),
			'groups'    => __( 'Groups', 'nxt-cloud-chat' ),
			'marketing' => __( 'Marketing', 'nxt-cloud-chat' ),
			'country'   => __( 'Country', 'nxt-cloud-chat' ),
			'language'  => __( 'Language', 'nxt-cloud-chat' ),
			'source'    => __( 'Source', 'nxt-cloud-chat' ),
			'last_in'   => __( 'Last wrote', 'nxt-cloud-chat' ),
			'created'   => __( 'Added', 'nxt-cloud-chat' ),
		);
		foreach ( Fields::all() as $field ) {
			$columns[ 'field_' . $field['name'] ] = esc_html( $field['label'] );
		}
		return $columns;
	}

	/**
	 * @param string[] $hidden
	 * @return string[]
	 */
	public static function default_hidden( array $hidden, \WP_Screen $screen ): array {
		return self::HOOK === $screen->id ? self::hidden_at_first() : $hidden;
	}

	/**
	 * The number a person typed, within bounds.
	 *
	 * @param mixed $keep  What WordPress would save: false, nothing.
	 * @param mixed $value
	 */
	public static function save_per_page( $keep, string $option, $value ): int {
		return max( 1, min( self::MAX_PER_PAGE, (int) $value ) );
	}

	/**
	 * What the screen's script knows from the start.
	 *
	 * @return array{hidden: list<string>, per_page: int, export: string}
	 */
	public static function boot(): array {
		$hidden = get_user_option( 'manage' . self::HOOK . 'columnshidden' );
		return array(
			'hidden'   => array_values( array_filter( is_array( $hidden ) ? $hidden : self::hidden_at_first() ) ),
			'per_page' => (int) get_user_option( self::PER_PAGE ) ?: self::DEFAULT_PER_PAGE,
			'export'   => add_query_arg( '_wpnonce', wp_create_nonce( 'nxtchat_export' ), admin_url( 'admin-post.php?action=nxtchat_export' ) ),
		);
	}

	/** @return list<string> */
	private static function hidden_at_first(): array {
		return array_values( array_merge( self::HIDDEN, array_filter( array_keys( self::columns() ), static fn( string $key ): bool => str_starts_with( $key, 'field_' ) ) ) );
	}

	/** @return array<string, array{string, list<string>}> Id => title, paragraphs. */
	private static function help(): array {
		return array(
			'overview' => array(
				__( 'Overview', 'nxt-cloud-chat' ),
				array(
					__( 'Everybody who wrote to you on WhatsApp is here, and everybody you added or imported. A person may have a phone number, a WhatsApp user id, a username, or all of them.', 'nxt-cloud-chat' ),
					__( 'Which columns are shown, and how many people on a page, is set under Screen Options at the top right.', 'nxt-cloud-chat' ),
				),
			),
			'find'     => array(
				__( 'Finding people', 'nxt-cloud-chat' ),
				array(
					__( 'Search finds beginnings of names, numbers in any spelling (0151 …, +49 151 …) and usernames.', 'nxt-cloud-chat' ),
					__( 'Groups are lists you put together by hand. Segments are questions that are answered anew each time: “wrote in the last 30 days and lives in Austria”.', 'nxt-cloud-chat' ),
				),
			),
			'consent'  => array(
				__( 'Consent', 'nxt-cloud-chat' ),
				array(
					__( 'Marketing messages go only to people who agreed to them. That somebody wrote to you is not an agreement.', 'nxt-cloud-chat' ),
					__( 'Whoever writes STOP is unsubscribed at once, and only they themselves can change that, by writing START. No import and nobody of your staff can.', 'nxt-cloud-chat' ),
				),
			),
			'delete'   => array(
				__( 'Deleting', 'nxt-cloud-chat' ),
				array(
					__( 'Deleting a person removes everything about them, messages included. What stays is a code that cannot be turned back into a number: it keeps an import from writing to them again.', 'nxt-cloud-chat' ),
				),
			),
		);
	}
}
