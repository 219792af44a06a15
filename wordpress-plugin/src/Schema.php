<?php
/**
 * The plugin's tables: one definition, installed and upgraded by dbDelta on MySQL, MariaDB and the SQLite drop-in.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/**
 * Tables and idempotent upgrades.
 *
 * Instants are UTC milliseconds since 1970 in BIGINT columns named `…_ms`, 0 = never. Meta's identifiers are case-sensitive,
 * so their columns have the binary collation of the table's own character set: a second character set in one table would make
 * `$wpdb->query()` refuse every statement that carries an emoji. JSON is LONGTEXT (the JSON type is an alias that dbDelta would change on every run).
 */
final class Schema {

	/** Raise by one with every change of tables() or of Capabilities. */
	public const VERSION = 8;

	/** Option (autoloaded) holding the installed version. */
	public const OPTION = 'nxtchat_schema';

	/** Names without prefix; uninstall.php removes exactly these. */
	public const TABLES = array(
		'accounts',
		'contacts',
		'contact_identities',
		'contact_words',
		'contact_log',
		'contact_values',
		'fields',
		'groups',
		'group_members',
		'segments',
		'consents',
		'suppressions',
		'merges',
		'merge_items',
		'imports',
		'import_changes',
		'templates',
		'template_log',
		'conversations',
		'messages',
		'parked_statuses',
		'events',
		'leases',
		'challenges',
		'bindings',
		'counters',
		'login_days',
		'audit',
		'broadcasts',
		'recipients',
		'broadcast_people',
	);

	/** Full name of a table on the current site. */
	public static function table( string $name ): string {
		global $wpdb;
		return $wpdb->prefix . 'nxtchat_' . $name;
	}

	/**
	 * Full names of all tables of one site of a network.
	 *
	 * @return list<string>
	 */
	public static function tables_of( int $site_id ): array {
		global $wpdb;
		$prefix = $wpdb->get_blog_prefix( $site_id ) . 'nxtchat_';
		return array_map( static fn( string $name ): string => $prefix . $name, self::TABLES );
	}

	/** Brings this site's tables and capabilities up to date. One autoloaded option read when they are. */
	public static function ensure(): void {
		if ( (int) get_option( self::OPTION, 0 ) !== self::VERSION ) {
			self::install();
		}
	}

	/** Creates or upgrades everything on the current site. Safe to run at any time, and by two requests at once. */
	public static function install(): void {
		global $wpdb;
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		dbDelta( self::tables() );
		$missing = self::missing();
		if ( $missing ) {
			// Not recorded as installed: the next request tries again.
			Log::error( 'The database did not create these tables: ' . implode( ', ', $missing ) . '. ' . $wpdb->last_error );
			return;
		}
		self::make_sqlite_case_sensitive();
		Capabilities::grant();
		update_option( self::OPTION, self::VERSION, true );
	}

	/**
	 * Tables that should be there and are not.
	 *
	 * @return list<string>
	 */
	public static function missing(): array {
		global $wpdb;
		$there = $wpdb->get_col( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $wpdb->prefix . 'nxtchat_' ) . '%' ) );
		return array_values( array_diff( array_map( array( self::class, 'table' ), self::TABLES ), $there ) );
	}

	/**
	 * The statements for dbDelta, which wants two spaces after PRIMARY KEY and one column or key a line.
	 *
	 * @return list<string>
	 */
	public static function tables(): array {
		global $wpdb;
		$charset = $wpdb->get_charset_collate();
		$bin     = self::binary_collation();
		$id      = "varchar(255) $bin NOT NULL DEFAULT ''"; // An identifier made by Meta.
		$ulid    = "varchar(26) $bin";
		$ms      = 'bigint(20) NOT NULL DEFAULT 0';
		$states  = "sent_ms $ms,
			delivered_ms $ms,
			read_ms $ms,
			played_ms $ms,
			failed_ms $ms,
			error_code int(11) NOT NULL DEFAULT 0,
			error_text varchar(1000) NOT NULL DEFAULT '',
			pricing_category varchar(40) NOT NULL DEFAULT '',
			pricing_type varchar(40) NOT NULL DEFAULT ''";
		$bodies  = array(
			'accounts'           => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			name varchar(190) NOT NULL DEFAULT '',
			state tinyint(3) unsigned NOT NULL DEFAULT 1,
			app_id $id,
			waba_id $id,
			phone_number_id $id,
			display_phone varchar(40) NOT NULL DEFAULT '',
			verified_name varchar(190) NOT NULL DEFAULT '',
			token_sealed text NOT NULL,
			app_secret_sealed text NOT NULL,
			verify_token_sealed text NOT NULL,
			verify_token_hash varchar(64) $bin NOT NULL DEFAULT '',
			graph_base varchar(190) NOT NULL DEFAULT '',
			graph_version varchar(10) NOT NULL DEFAULT '',
			home_url varchar(255) NOT NULL DEFAULT '',
			default_country varchar(2) NOT NULL DEFAULT '',
			quality varchar(40) NOT NULL DEFAULT '',
			throughput varchar(40) NOT NULL DEFAULT '',
			messaging_limit varchar(40) NOT NULL DEFAULT '',
			number_status varchar(60) NOT NULL DEFAULT '',
			check_json longtext NOT NULL,
			checked_ms $ms,
			last_event_ms $ms,
			created_ms $ms,
			updated_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY phone_number_id (phone_number_id)",
			'contacts'           => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			uid $ulid NOT NULL,
			name varchar(190) NOT NULL DEFAULT '',
			profile_name varchar(190) NOT NULL DEFAULT '',
			country varchar(2) NOT NULL DEFAULT '',
			language varchar(20) NOT NULL DEFAULT '',
			source varchar(40) NOT NULL DEFAULT '',
			wp_user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			last_in_ms $ms,
			created_ms $ms,
			updated_ms $ms,
			sort_name varchar(64) $bin NOT NULL DEFAULT '',
			email varchar(190) NOT NULL DEFAULT '',
			marketing tinyint(3) unsigned NOT NULL DEFAULT 0,
			utility tinyint(3) unsigned NOT NULL DEFAULT 0,
			login tinyint(3) unsigned NOT NULL DEFAULT 0,
			import_id bigint(20) unsigned NOT NULL DEFAULT 0,
			PRIMARY KEY  (id),
			UNIQUE KEY uid (uid),
			KEY sort_name (sort_name,id),
			KEY created (created_ms,id),
			KEY last_in (last_in_ms,id),
			KEY country (country,id),
			KEY source (source,id),
			KEY language (language,id),
			KEY marketing (marketing,id),
			KEY utility (utility,id),
			KEY login (login,id),
			KEY email (email),
			KEY wp_user_id (wp_user_id),
			KEY import_id (import_id,id)",
			'contact_identities' => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			contact_id bigint(20) unsigned NOT NULL,
			kind tinyint(3) unsigned NOT NULL,
			value varchar(255) $bin NOT NULL,
			created_ms $ms,
			seen_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY kind_value (kind,value),
			KEY contact_kind (contact_id,kind)",
			'contact_words'      => "word varchar(64) $bin NOT NULL,
			contact_id bigint(20) unsigned NOT NULL,
			PRIMARY KEY  (word,contact_id),
			KEY contact_id (contact_id)",
			'contact_log'        => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			contact_id bigint(20) unsigned NOT NULL,
			kind tinyint(3) unsigned NOT NULL,
			user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			at_ms $ms,
			body text NOT NULL,
			data_json longtext NOT NULL,
			PRIMARY KEY  (id),
			KEY contact_at (contact_id,at_ms,id)",
			'contact_values'     => "contact_id bigint(20) unsigned NOT NULL,
			field_id bigint(20) unsigned NOT NULL,
			text varchar(255) NOT NULL DEFAULT '',
			number double NOT NULL DEFAULT 0,
			PRIMARY KEY  (contact_id,field_id),
			KEY field_text (field_id,text,contact_id),
			KEY field_number (field_id,number,contact_id)",
			'fields'             => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			name varchar(64) $bin NOT NULL,
			label varchar(190) NOT NULL DEFAULT '',
			type tinyint(3) unsigned NOT NULL,
			choices_json longtext NOT NULL,
			position int(11) NOT NULL DEFAULT 0,
			created_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY name (name)",
			'groups'             => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			name varchar(190) NOT NULL,
			description varchar(1000) NOT NULL DEFAULT '',
			created_ms $ms,
			updated_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY name (name)",
			'group_members'      => "group_id bigint(20) unsigned NOT NULL,
			contact_id bigint(20) unsigned NOT NULL,
			import_id bigint(20) unsigned NOT NULL DEFAULT 0,
			added_ms $ms,
			PRIMARY KEY  (group_id,contact_id),
			KEY contact_id (contact_id),
			KEY import_id (import_id,contact_id)",
			'segments'           => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			name varchar(190) NOT NULL,
			description varchar(1000) NOT NULL DEFAULT '',
			conditions_json longtext NOT NULL,
			members bigint(20) NOT NULL DEFAULT 0,
			is_exact tinyint(3) unsigned NOT NULL DEFAULT 0,
			counted_ms $ms,
			created_ms $ms,
			updated_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY name (name)",
			'consents'           => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			contact_id bigint(20) unsigned NOT NULL,
			purpose tinyint(3) unsigned NOT NULL,
			state tinyint(3) unsigned NOT NULL,
			by_person tinyint(3) unsigned NOT NULL DEFAULT 0,
			source varchar(40) NOT NULL DEFAULT '',
			wording varchar(1000) NOT NULL DEFAULT '',
			detail varchar(255) NOT NULL DEFAULT '',
			user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			ip varchar(45) NOT NULL DEFAULT '',
			proof varchar(255) $bin DEFAULT NULL,
			import_id bigint(20) unsigned NOT NULL DEFAULT 0,
			void_ms $ms,
			at_ms $ms,
			created_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY proof (proof),
			KEY contact_purpose (contact_id,purpose,at_ms),
			KEY import_id (import_id,contact_id)",
			'suppressions'       => "hash varchar(64) $bin NOT NULL,
			kind tinyint(3) unsigned NOT NULL,
			reason varchar(40) NOT NULL DEFAULT '',
			at_ms $ms,
			PRIMARY KEY  (hash)",
			'merges'             => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			kept_id bigint(20) unsigned NOT NULL,
			gone_id bigint(20) unsigned NOT NULL,
			gone_uid $ulid NOT NULL DEFAULT '',
			automatic tinyint(3) unsigned NOT NULL DEFAULT 0,
			user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			snapshot_json longtext NOT NULL,
			at_ms $ms,
			split_ms $ms,
			PRIMARY KEY  (id),
			KEY kept_id (kept_id),
			KEY gone_id (gone_id)",
			'merge_items'        => "merge_id bigint(20) unsigned NOT NULL,
			kind tinyint(3) unsigned NOT NULL,
			item_id bigint(20) unsigned NOT NULL,
			PRIMARY KEY  (merge_id,kind,item_id)",
			'imports'            => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			uid $ulid NOT NULL,
			kind tinyint(3) unsigned NOT NULL,
			name varchar(255) NOT NULL DEFAULT '',
			user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			state tinyint(3) unsigned NOT NULL,
			options_json longtext NOT NULL,
			bytes bigint(20) NOT NULL DEFAULT 0,
			received bigint(20) NOT NULL DEFAULT 0,
			position bigint(20) NOT NULL DEFAULT 0,
			line bigint(20) NOT NULL DEFAULT 0,
			rows_read bigint(20) NOT NULL DEFAULT 0,
			added bigint(20) NOT NULL DEFAULT 0,
			changed bigint(20) NOT NULL DEFAULT 0,
			unchanged bigint(20) NOT NULL DEFAULT 0,
			rejected bigint(20) NOT NULL DEFAULT 0,
			rejects_bytes bigint(20) NOT NULL DEFAULT 0,
			report_json longtext NOT NULL,
			error varchar(1000) NOT NULL DEFAULT '',
			created_ms $ms,
			updated_ms $ms,
			started_ms $ms,
			finished_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY uid (uid),
			KEY state (state,id)",
			'import_changes'     => "import_id bigint(20) unsigned NOT NULL,
			contact_id bigint(20) unsigned NOT NULL,
			before_json longtext NOT NULL,
			PRIMARY KEY  (import_id,contact_id),
			KEY contact_id (contact_id)",
			'templates'          => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			waba_id varchar(64) $bin NOT NULL,
			meta_id varchar(64) $bin NOT NULL DEFAULT '',
			name varchar(512) $bin NOT NULL,
			language varchar(35) $bin NOT NULL,
			status varchar(40) NOT NULL DEFAULT '',
			category varchar(40) NOT NULL DEFAULT '',
			previous_category varchar(40) NOT NULL DEFAULT '',
			correct_category varchar(40) NOT NULL DEFAULT '',
			quality varchar(40) NOT NULL DEFAULT '',
			rejected_reason varchar(255) NOT NULL DEFAULT '',
			parameter_format varchar(20) NOT NULL DEFAULT '',
			components_json longtext NOT NULL,
			draft_json longtext NOT NULL,
			bindings_json longtext NOT NULL,
			edits_json longtext NOT NULL,
			ttl_s int(11) NOT NULL DEFAULT 0,
			sent bigint(20) NOT NULL DEFAULT 0,
			delivered bigint(20) NOT NULL DEFAULT 0,
			seen bigint(20) NOT NULL DEFAULT 0,
			counted_ms $ms,
			last_used_ms $ms,
			synced_ms $ms,
			gone_ms $ms,
			created_ms $ms,
			updated_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY name (waba_id,name,language),
			KEY meta_id (meta_id),
			KEY last_used (last_used_ms,id),
			KEY updated (updated_ms,id)",
			'template_log'       => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			template_id bigint(20) unsigned NOT NULL,
			kind varchar(40) NOT NULL DEFAULT '',
			before_value varchar(255) NOT NULL DEFAULT '',
			after_value varchar(255) NOT NULL DEFAULT '',
			reason varchar(1000) NOT NULL DEFAULT '',
			source varchar(20) NOT NULL DEFAULT '',
			user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			proof varchar(255) $bin DEFAULT NULL,
			at_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY proof (proof),
			KEY template_at (template_id,at_ms)",
			'conversations'      => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			account_id bigint(20) unsigned NOT NULL,
			contact_id bigint(20) unsigned NOT NULL,
			last_message_id bigint(20) unsigned NOT NULL DEFAULT 0,
			last_ms $ms,
			last_in_ms $ms,
			unread int(11) NOT NULL DEFAULT 0,
			is_unread tinyint(3) unsigned NOT NULL DEFAULT 0,
			status tinyint(3) unsigned NOT NULL DEFAULT 0,
			assigned_to bigint(20) unsigned NOT NULL DEFAULT 0,
			created_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY account_contact (account_id,contact_id),
			KEY contact_id (contact_id),
			KEY last (last_ms,id),
			KEY account_last (account_id,last_ms,id),
			KEY unread_last (is_unread,last_ms,id)",
			'messages'           => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			account_id bigint(20) unsigned NOT NULL,
			conversation_id bigint(20) unsigned NOT NULL,
			contact_id bigint(20) unsigned NOT NULL,
			direction tinyint(3) unsigned NOT NULL,
			type tinyint(3) unsigned NOT NULL,
			state tinyint(3) unsigned NOT NULL,
			origin tinyint(3) unsigned NOT NULL,
			origin_user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			ref $ulid DEFAULT NULL,
			wamid varchar(255) $bin DEFAULT NULL,
			body text NOT NULL,
			payload longtext NOT NULL,
			reply_to $id,
			batch $ulid NOT NULL DEFAULT '',
			template_id bigint(20) unsigned NOT NULL DEFAULT 0,
			at_ms $ms,
			created_ms $ms,
			updated_ms $ms,
			$states,
			purpose tinyint(3) unsigned NOT NULL DEFAULT 0,
			PRIMARY KEY  (id),
			UNIQUE KEY ref (ref),
			UNIQUE KEY wamid (wamid),
			KEY conversation_at (conversation_id,at_ms,id),
			KEY at (at_ms,id),
			KEY account_at (account_id,at_ms,id),
			KEY contact_at (contact_id,at_ms,id),
			KEY state_at (state,at_ms,id),
			KEY type_at (type,at_ms,id),
			KEY reply_to (reply_to),
			KEY batch (batch),
			KEY template (template_id,state)",
			'parked_statuses'    => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			wamid varchar(255) $bin NOT NULL,
			ref $ulid NOT NULL DEFAULT '',
			account_id bigint(20) unsigned NOT NULL DEFAULT 0,
			state tinyint(3) unsigned NOT NULL,
			$states,
			created_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY wamid (wamid)",
			'events'             => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			uid $ulid NOT NULL,
			account_id bigint(20) unsigned NOT NULL DEFAULT 0,
			kind varchar(40) NOT NULL DEFAULT '',
			kinds_json longtext NOT NULL,
			count int(11) NOT NULL DEFAULT 0,
			received_ms $ms,
			drained_ms $ms,
			state tinyint(3) unsigned NOT NULL DEFAULT 1,
			note varchar(1000) NOT NULL DEFAULT '',
			body longtext NOT NULL,
			PRIMARY KEY  (id),
			UNIQUE KEY uid (uid),
			KEY state (state,id),
			KEY kind (kind,id)",
			'leases'             => "name varchar(100) $bin NOT NULL,
			owner varchar(64) $bin NOT NULL DEFAULT '',
			until_ms $ms,
			value bigint(20) NOT NULL DEFAULT 0,
			PRIMARY KEY  (name)",
			'challenges'         => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			uid $ulid NOT NULL,
			kind tinyint(3) unsigned NOT NULL,
			state tinyint(3) unsigned NOT NULL,
			live varchar(20) $bin DEFAULT NULL,
			phone varchar(20) $bin NOT NULL DEFAULT '',
			country varchar(2) NOT NULL DEFAULT '',
			user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			holder varchar(64) $bin NOT NULL DEFAULT '',
			code_hash varchar(64) $bin NOT NULL DEFAULT '',
			word_hash varchar(64) $bin DEFAULT NULL,
			sends int(11) NOT NULL DEFAULT 0,
			attempts int(11) NOT NULL DEFAULT 0,
			max_attempts int(11) NOT NULL DEFAULT 0,
			created_ms $ms,
			sent_ms $ms,
			expires_ms $ms,
			done_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY uid (uid),
			UNIQUE KEY live (live),
			UNIQUE KEY word_hash (word_hash),
			KEY phone (phone),
			KEY expires (expires_ms)",
			'bindings'           => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			user_id bigint(20) unsigned NOT NULL,
			phone varchar(20) $bin NOT NULL,
			stale tinyint(3) unsigned NOT NULL DEFAULT 0,
			verified_ms $ms,
			seen_ms $ms,
			created_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY user_id (user_id),
			UNIQUE KEY phone (phone)",
			'counters'           => "k varchar(64) $bin NOT NULL,
			n bigint(20) NOT NULL DEFAULT 0,
			until_ms $ms,
			PRIMARY KEY  (k),
			KEY until (until_ms)",
			'login_days'         => "day int(11) NOT NULL,
			what varchar(60) $bin NOT NULL,
			n bigint(20) NOT NULL DEFAULT 0,
			PRIMARY KEY  (day,what)",
			'audit'              => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			at_ms $ms,
			action varchar(60) NOT NULL DEFAULT '',
			actor_id bigint(20) unsigned NOT NULL DEFAULT 0,
			user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			subject varchar(40) NOT NULL DEFAULT '',
			ip varchar(45) NOT NULL DEFAULT '',
			detail_json longtext NOT NULL,
			PRIMARY KEY  (id),
			KEY at (at_ms,id),
			KEY user_at (user_id,at_ms,id),
			KEY action_at (action,at_ms,id)",
			'broadcasts'         => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			uid $ulid NOT NULL,
			name varchar(190) NOT NULL DEFAULT '',
			account_id bigint(20) unsigned NOT NULL DEFAULT 0,
			state tinyint(3) unsigned NOT NULL,
			user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			definition_json longtext NOT NULL,
			reason_json longtext NOT NULL,
			hold_json varchar(1000) NOT NULL DEFAULT '',
			preflight_json longtext NOT NULL,
			counts_json longtext NOT NULL,
			numbers_json longtext NOT NULL,
			rate int(11) NOT NULL DEFAULT 0,
			position bigint(20) NOT NULL DEFAULT 0,
			total bigint(20) NOT NULL DEFAULT 0,
			winner tinyint(3) unsigned NOT NULL DEFAULT 0,
			counted_ms $ms,
			scheduled_ms $ms,
			next_ms $ms,
			frozen_ms $ms,
			started_ms $ms,
			finished_ms $ms,
			created_ms $ms,
			updated_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY uid (uid),
			KEY state (state,id)",
			'recipients'         => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			broadcast_id bigint(20) unsigned NOT NULL,
			contact_id bigint(20) unsigned NOT NULL,
			state tinyint(3) unsigned NOT NULL,
			variant tinyint(3) unsigned NOT NULL DEFAULT 0,
			attempt smallint(5) unsigned NOT NULL DEFAULT 0,
			tries tinyint(3) unsigned NOT NULL DEFAULT 0,
			reason tinyint(3) unsigned NOT NULL DEFAULT 0,
			country varchar(2) NOT NULL DEFAULT '',
			due_ms $ms,
			claim bigint(20) NOT NULL DEFAULT 0,
			message_id bigint(20) unsigned NOT NULL DEFAULT 0,
			error_code int(11) NOT NULL DEFAULT 0,
			pricing_category varchar(40) NOT NULL DEFAULT '',
			pricing_type varchar(40) NOT NULL DEFAULT '',
			sent_ms $ms,
			delivered_ms $ms,
			read_ms $ms,
			failed_ms $ms,
			PRIMARY KEY  (id),
			UNIQUE KEY person (broadcast_id,contact_id),
			KEY list (broadcast_id,id),
			KEY work (broadcast_id,state,due_ms),
			KEY contact_id (contact_id),
			KEY claim (claim)",
			'broadcast_people'   => "broadcast_id bigint(20) unsigned NOT NULL,
			contact_id bigint(20) unsigned NOT NULL,
			PRIMARY KEY  (broadcast_id,contact_id),
			KEY contact_id (contact_id)",
		);
		$statements = array();
		foreach ( $bodies as $name => $body ) {
			$statements[] = 'CREATE TABLE ' . self::table( $name ) . " (\n" . str_replace( "\t", '', $body ) . "\n) $charset;";
		}
		return $statements;
	}

	/** Case-sensitive comparison in the character set that the tables have anyway. */
	private static function binary_collation(): string {
		global $wpdb;
		$charset = preg_replace( '/[^a-z0-9_]/', '', strtolower( (string) $wpdb->charset ) );
		return '' === $charset ? '' : "COLLATE {$charset}_bin";
	}

	/**
	 * Gives the binary columns their collation on the SQLite drop-in, which makes every text column NOCASE.
	 *
	 * SQLite can't change a collation in place: the table is made anew with the same columns, indexes and rows, in one transaction.
	 * Nothing happens where a table is right already, and on drop-ins without a way to SQLite itself (there two
	 * identifiers that differ only in case would be taken for one).
	 */
	private static function make_sqlite_case_sensitive(): void {
		global $wpdb;
		$sqlite = $wpdb->dbh;
		if ( ! is_object( $sqlite ) || ! method_exists( $sqlite, 'execute_sqlite_query' ) ) {
			return;
		}
		foreach ( self::tables() as $statement ) {
			preg_match( '/^CREATE TABLE (\w+)/', $statement, $name );
			preg_match_all( '/^(\w+) varchar\(\d+\) COLLATE \w+_bin/m', $statement, $binary );
			$table = $name[1];
			$old   = (string) $sqlite->execute_sqlite_query( "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", array( $table ) )->fetchColumn();
			$new   = (string) preg_replace( '/(["`](?:' . implode( '|', $binary[1] ) . ')["`] TEXT) COLLATE NOCASE/', '$1 COLLATE BINARY', $old );
			if ( $new === $old ) {
				continue;
			}
			$indexes = $sqlite->execute_sqlite_query( "SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND tbl_name = ?", array( $table ) )->fetchAll( \PDO::FETCH_COLUMN );
			$new     = (string) preg_replace( '/^(CREATE TABLE\s+["`])' . $table . '(["`])/', '$1' . $table . '_new$2', $new );
			$sqlite->execute_sqlite_query( 'SAVEPOINT nxtchat_collation' );
			try {
				$sqlite->execute_sqlite_query( $new );
				$sqlite->execute_sqlite_query( "INSERT INTO `{$table}_new` SELECT * FROM `$table`" );
				$sqlite->execute_sqlite_query( "DROP TABLE `$table`" );
				$sqlite->execute_sqlite_query( "ALTER TABLE `{$table}_new` RENAME TO `$table`" );
				foreach ( $indexes as $sql ) {
					$sqlite->execute_sqlite_query( $sql );
				}
			} catch ( \Throwable $e ) {
				$sqlite->execute_sqlite_query( 'ROLLBACK TO nxtchat_collation' );
				Log::warning( "The table $table keeps its case-insensitive identifiers: " . $e->getMessage() );
			}
			$sqlite->execute_sqlite_query( 'RELEASE nxtchat_collation' );
		}
	}
}
