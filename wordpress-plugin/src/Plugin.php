<?php
/**
 * The table of contents: every hook the plugin adds, grouped by room.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/**
 * The only place of add_action, add_filter and WP_CLI::add_command.
 *
 * A room's class is loaded when its hook fires. On an ordinary page of the public site nothing fires, and
 * this file with nxt-cloud-chat.php is all that is read.
 */
final class Plugin {

	/** Cron hooks, each with its recurrence. Uninstall and deactivation clear exactly these. */
	public const CRON = array(
		'nxtchat_drain'  => 'nxtchat_minute',
		'nxtchat_hourly' => 'hourly',
	);

	/** Of rest_rooms(), those whose routes this server does not have yet. @var array<string, callable(): void> */
	private static array $rooms = array();

	public static function boot(): void {
		// REST, where WordPress knows only late that it is a REST request.
		add_action( 'rest_api_init', array( self::class, 'rest' ) );

		// Our tables hold one character set: spares wpdb a look at every column before a write.
		// Store is not loaded for the tables of others, which every page may write to.
		$charset = static fn( $charset, string $table ) => false === stripos( $table, 'nxtchat_' ) ? $charset : Store::table_charset( $charset, $table );
		add_filter( 'pre_get_table_charset', $charset, 10, 2 );
		add_filter( 'pre_get_col_charset', $charset, 10, 2 );
		add_filter( 'incompatible_sql_modes', array( Store::class, 'new_connection' ) );

		// Consent: the form where a page has it, checkboxes where they are switched on. WordPress has read the option already.
		add_filter( 'render_block_nxtchat/consent', array( Consent\ConsentForm::class, 'block' ), 10, 2 );
		add_shortcode( 'nxtchat_consent', array( Consent\ConsentForm::class, 'shortcode' ) );
		$consent = maybe_unserialize( wp_load_alloptions()['nxtchat_consent'] ?? '' );
		if ( is_array( $consent ) ) {
			self::consent_boxes( $consent );
		}

		// Contact: users with a number, where the owner wishes; links to users that are deleted.
		$contacts = maybe_unserialize( wp_load_alloptions()['nxtchat_contacts'] ?? '' );
		if ( ! empty( $contacts['sync'] ) ) {
			add_action( 'user_register', array( Contact\Sync::class, 'user_changed' ) );
			add_action( 'profile_update', array( Contact\Sync::class, 'user_changed' ) );
			add_action( 'added_user_meta', array( Contact\Sync::class, 'meta_changed' ), 10, 3 );
			add_action( 'updated_user_meta', array( Contact\Sync::class, 'meta_changed' ), 10, 3 );
		}
		add_action( 'deleted_user', array( Contact\Sync::class, 'user_deleted' ) );

		// Login by one-time code, where it is switched on. WordPress has read the option already.
		add_action( 'deleted_user', array( Login\Bindings::class, 'user_deleted' ) );
		$login = maybe_unserialize( wp_load_alloptions()['nxtchat_login'] ?? '' );
		self::login( is_array( $login ) ? $login : array() );
		if ( ! empty( $login['template_id'] ) ) {
			add_filter( 'nxtchat_template_uses', array( Login\LoginTemplate::class, 'uses' ), 10, 2 );
			add_action( 'nxtchat_template_changed', array( Login\LoginNotices::class, 'template_changed' ), 10, 5 );
		}
		if ( ! empty( $login['enabled'] ) ) {
			self::login_core();
		}
		self::after_answer();

		if ( is_admin() ) {
			self::admin();
		}
		if ( wp_doing_cron() || is_admin() ) {
			self::cron();
		}
		if ( defined( 'WP_CLI' ) && WP_CLI ) {
			self::cron();
			self::cli();
		}
	}

	/** Hooks of a REST request. */
	public static function rest(): void {
		Schema::ensure();
		self::load_translations();
		add_filter( 'nxtchat_template_uses', array( Broadcast\BroadcastUses::class, 'add' ), 10, 2 );

		self::$rooms = self::rest_rooms();
		add_filter( 'rest_pre_dispatch', array( self::class, 'rest_routes' ), PHP_INT_MIN, 3 );
		// What is asked for, at once: a request with a bad nonce is answered without being dispatched. Where no request is to be answered
		// (WP-CLI, a page that preloads), who looks at the server's routes sees all of them.
		self::register_rooms( (string) ( $GLOBALS['wp']->query_vars['rest_route'] ?? '' ) );
	}

	/** Filter rest_pre_dispatch, before everybody else: routes are there when they are asked for, also by a request within another. */
	public static function rest_routes( mixed $result, \WP_REST_Server $server, \WP_REST_Request $request ): mixed {
		self::register_rooms( (string) $request->get_route() );
		return $result;
	}

	/** Registers what a path can mean: everything for the paths that list routes or ask for several. To WordPress capitals are small letters. */
	private static function register_rooms( string $path ): void {
		$path = strtolower( trim( $path, '/' ) );
		$all  = in_array( $path, array( '', 'nxtchat/v1', 'batch/v1' ), true );
		foreach ( self::$rooms as $paths => $register ) {
			if ( $all || 1 === preg_match( "#^nxtchat/v1/(?:$paths)(?:/|\$)#", $path ) ) {
				unset( self::$rooms[ $paths ] );
				$register();
			}
		}
	}

	/**
	 * REST by rooms: what registers the routes and adds their hooks, by the beginning of their paths below nxtchat/v1.
	 *
	 * @return array<string, callable(): void> By alternatives of a pattern.
	 */
	private static function rest_rooms(): array {
		$serves = static fn( string $class ) => add_filter( 'rest_pre_serve_request', array( $class, 'serve' ), 10, 3 );
		return array(
			// Account, settings, health, live.
			'accounts'                                                 => array( Account\AccountRest::class, 'register' ),
			'settings'                                                 => array( SettingsRest::class, 'register' ),
			'health'                                                   => array( Health\HealthRest::class, 'register' ),
			'live'                                                     => array( Live\LiveRest::class, 'register' ),

			'webhook'                                                  => static function () use ( $serves ): void {
				Webhook\WebhookRest::register();
				add_filter( 'rest_pre_dispatch', array( Webhook\WebhookRest::class, 'before_parsing' ), 10, 3 );
				$serves( Webhook\WebhookRest::class );
			},

			'conversations|messages'                                   => static function (): void {
				Conversation\ConversationRest::register();
				Message\MessageRest::register();
				add_action( 'shutdown', array( Conversation\Conversations::class, 'tell_meta' ) );
			},

			'templates'                                                => array( Template\TemplateRest::class, 'register' ),

			'contacts'                                                 => static function () use ( $serves ): void {
				Contact\MergeRest::register();
				Contact\SyncRest::register();
				Privacy\PrivacyRest::register();
				Contact\ContactListRest::register();
				Contact\ContactRest::register();
				$serves( Contact\ContactListRest::class );
			},
			'contacts|consent'                                         => static function () use ( $serves ): void {
				Consent\ConsentRest::register();
				$serves( Consent\ConsentRest::class );
			},
			'segments'                                                 => array( Segment\SegmentRest::class, 'register' ),
			'groups'                                                   => array( Group\GroupRest::class, 'register' ),
			'fields'                                                   => array( Field\FieldRest::class, 'register' ),
			'imports'                                                  => static function () use ( $serves ): void {
				Import\ImportRest::register();
				$serves( Import\ImportRest::class );
			},

			// Login: what visitors and users ask for; its screen.
			'login/(?:start|verify|word|bind)'                         => static function () use ( $serves ): void {
				Login\LoginRest::register();
				$serves( Login\LoginPage::class );
			},
			'login/(?:settings|report|template|preview|test|bindings)' => array( Login\LoginAdminRest::class, 'register' ),
			'rates'                                                    => array( Rates\RatesRest::class, 'register' ),

			'broadcasts'                                               => static function () use ( $serves ): void {
				Broadcast\BroadcastRest::register();
				$serves( Broadcast\BroadcastRest::class );
			},
		);
	}

	/** What is left to do after an answer. */
	private static function after_answer(): void {
		$once = static fn( string $does ) => static function () use ( $does ): void {
			if ( class_exists( AfterAnswer::class, false ) ) {
				AfterAnswer::$does();
			}
		};
		add_action( 'shutdown', $once( 'part' ), 0 );
		add_action( 'shutdown', $once( 'run' ), 100 );
	}

	/** From a right code to a session, on wp-login.php. */
	private static function login_core(): void {
		add_action( 'login_form_nxtchat', array( Login\SignOn::class, 'run' ) );
		add_filter( 'authenticate', array( Login\SignOn::class, 'authenticate' ), 10, 2 );
	}

	/** The login form where a page has it; everything else only while login is switched on. @param array<string, mixed> $on Stored settings of login. */
	private static function login( array $on ): void {
		add_filter( 'render_block_nxtchat/login', array( Login\LoginForm::class, 'block' ), 10, 2 );
		add_shortcode( 'nxtchat_login', array( Login\LoginForm::class, 'shortcode' ) );
		add_shortcode( 'nxtcc_login_whatsapp', array( Login\LoginForm::class, 'shortcode' ) ); // Pages that were made with another plugin go on working.
		if ( empty( $on['enabled'] ) ) {
			return;
		}

		// The views of wp-login.php.
		add_action( 'login_form_nxtchat_phone', array( Login\LoginPlaces::class, 'view' ) );
		add_action( 'login_form_nxtchat_bind', array( Login\BindPage::class, 'view' ) );
		add_action( 'login_enqueue_scripts', array( Login\LoginPlaces::class, 'style' ) );
		if ( $on['on_wp_login'] ?? true ) {
			add_action( 'login_form', array( Login\LoginPlaces::class, 'button' ) );
			add_action( 'login_footer', array( Login\LoginPlaces::class, 'footer' ) );
		}
		if ( $on['on_woocommerce'] ?? true ) {
			add_action( 'woocommerce_before_customer_login_form', array( Login\LoginPlaces::class, 'woocommerce' ) );
			add_action( 'woocommerce_after_edit_account_form', array( Login\ProfileForm::class, 'woocommerce' ) );
		}

		// Profiles.
		add_action( 'show_user_profile', array( Login\ProfileForm::class, 'own' ) );
		add_action( 'edit_user_profile', array( Login\ProfileForm::class, 'other' ) );
		add_action( 'edit_user_profile_update', array( Login\ProfileForm::class, 'updated' ) );

		// Existing users are asked for a number. Of visitors nothing is loaded.
		if ( ! empty( $on['migrate']['enabled'] ) ) {
			$signed_in = static fn( string $does ) => static fn() => is_user_logged_in() && Login\Migration::$does();
			add_action( 'admin_notices', array( Login\Migration::class, 'notice' ) );
			add_action( 'admin_init', array( Login\Migration::class, 'in_admin' ) );
			add_action( 'wp_footer', $signed_in( 'bar' ) );
			add_action( 'template_redirect', $signed_in( 'in_account' ) );
			add_filter( 'login_redirect', array( Login\Migration::class, 'after_login' ), 99, 3 );
			add_filter( 'woocommerce_login_redirect', array( Login\Migration::class, 'after_woocommerce_login' ), 99, 2 );
		}
	}

	/** Checkboxes in forms of others. @param array<string, mixed> $on Stored settings of consent. */
	private static function consent_boxes( array $on ): void {
		$boxes = Consent\ConsentBoxes::class;
		if ( ! empty( $on['registration'] ) ) {
			add_action( 'register_form', array( $boxes, 'in_registration' ) );
			add_action( 'woocommerce_register_form', array( $boxes, 'in_registration' ) );
			add_filter( 'registration_errors', array( $boxes, 'check_registration' ) );
			add_filter( 'woocommerce_registration_errors', array( $boxes, 'check_registration' ) );
			add_action( 'user_register', array( $boxes, 'registered' ) );
		}
		if ( ! empty( $on['comments'] ) ) {
			add_action( 'comment_form_after_fields', array( $boxes, 'in_comments' ) );
			add_action( 'comment_form_logged_in_after', array( $boxes, 'in_comments' ) );
			add_filter( 'preprocess_comment', array( $boxes, 'check_comment' ) );
			add_action( 'comment_post', array( $boxes, 'commented' ), 10, 2 );
		}
		if ( ! empty( $on['checkout'] ) ) {
			add_action( 'woocommerce_review_order_before_submit', array( $boxes, 'in_checkout' ) );
			add_action( 'woocommerce_after_checkout_validation', array( $boxes, 'check_checkout' ), 10, 2 );
			add_action( 'woocommerce_checkout_order_processed', array( $boxes, 'ordered' ), 10, 3 );
			add_action( 'woocommerce_init', array( $boxes, 'register_field' ) );
			add_action( 'woocommerce_store_api_checkout_order_processed', array( $boxes, 'ordered_by_block' ) );
		}
	}

	/** Hooks of wp-admin. */
	private static function admin(): void {
		add_action( 'plugins_loaded', array( Schema::class, 'ensure' ) );
		add_action( 'init', array( self::class, 'load_translations' ) );
		register_activation_hook( NXTCHAT_FILE, array( Activation::class, 'activate' ) );
		register_deactivation_hook( NXTCHAT_FILE, array( Activation::class, 'deactivate' ) );
		add_action( 'wp_initialize_site', array( Activation::class, 'new_site' ), 900 );
		add_filter( 'wpmu_drop_tables', array( Activation::class, 'drop_tables' ), 10, 2 );

		// Privacy: Settings → Privacy, Tools → Export and Erase Personal Data.
		add_action( 'admin_init', array( Privacy\Policy::class, 'suggest' ) );
		add_filter( 'wp_privacy_personal_data_exporters', array( Privacy\Tools::class, 'exporters' ) );
		add_filter( 'wp_privacy_personal_data_erasers', array( Privacy\Tools::class, 'erasers' ) );
		add_filter( 'wp_privacy_personal_data_exporters', array( Login\LoginPrivacy::class, 'exporters' ) );
		add_filter( 'wp_privacy_personal_data_erasers', array( Login\LoginPrivacy::class, 'erasers' ) );

		// Screens: Inbox, Contacts, History, Accounts.
		add_action( 'admin_menu', array( Screen::class, 'menu' ) );
		add_action( 'admin_enqueue_scripts', array( Screen::class, 'enqueue' ) );
		add_filter( 'plugin_action_links_' . plugin_basename( NXTCHAT_FILE ), array( Screen::class, 'plugin_links' ) );

		// Contact: export; help and screen options.
		add_action( 'admin_post_nxtchat_export', array( Contact\ContactDownload::class, 'admin_post' ) );
		add_action( 'load-' . Contact\ContactScreen::HOOK, array( Contact\ContactScreen::class, 'load' ) );
		add_filter( 'manage_' . Contact\ContactScreen::HOOK . '_columns', array( Contact\ContactScreen::class, 'columns' ) );
		add_filter( 'default_hidden_columns', array( Contact\ContactScreen::class, 'default_hidden' ), 10, 2 );
		add_filter( 'set_screen_option_' . Contact\ContactScreen::PER_PAGE, array( Contact\ContactScreen::class, 'save_per_page' ), 10, 3 );

		// Consent: the block in the editor.
		add_action( 'enqueue_block_editor_assets', array( Consent\ConsentBlock::class, 'enqueue' ) );
		add_action( 'enqueue_block_assets', array( Consent\ConsentBlock::class, 'style' ) );

		// Login: nobody gets a code, the cap is near.
		add_action( 'admin_notices', array( Login\LoginNotices::class, 'show' ) );

		// Login: the block in the editor.
		add_action( 'enqueue_block_editor_assets', array( Login\LoginBlock::class, 'enqueue' ) );
		add_action( 'enqueue_block_assets', array( Login\LoginBlock::class, 'style' ) );

		// Account.
		add_action( 'admin_notices', array( Account\AccountNotices::class, 'show' ) );
		add_action( 'admin_post_nxtchat_confirm_home', array( Account\AccountNotices::class, 'confirm_home' ) );

		// Template: what Meta did to those that are in use.
		add_action( 'admin_notices', array( Template\TemplateNotices::class, 'show' ) );
		add_action( 'admin_post_nxtchat_template_notices', array( Template\TemplateNotices::class, 'dismiss' ) );

		// Broadcast: what was stopped; export.
		add_action( 'admin_notices', array( Broadcast\BroadcastNotices::class, 'show' ) );
		add_action( 'admin_post_nxtchat_broadcast_export', array( Broadcast\BroadcastDownload::class, 'admin_post' ) );

		// Health.
		add_filter( 'site_status_tests', array( Health\SiteHealth::class, 'tests' ) );
		add_filter( 'debug_information', array( Health\SiteHealth::class, 'debug' ) );
		add_action( 'admin_notices', array( Health\SiteHealth::class, 'notice' ) );
	}

	/** Scheduled work. Also added in wp-admin and WP-CLI, where it is scheduled and can be run by hand. */
	private static function cron(): void {
		// phpcs:ignore WordPress.WP.CronInterval.ChangeDetected -- One minute: the last resort when neither the webhook nor a worker drains.
		add_filter( 'cron_schedules', array( Maintenance::class, 'schedules' ) );
		add_action( 'init', array( Maintenance::class, 'schedule' ) );
		add_action( 'nxtchat_drain', array( Maintenance::class, 'drain' ) );
		add_action( 'nxtchat_hourly', array( Maintenance::class, 'hourly' ) );

		// Message and conversation: the sweeps of docs/ARCHITECTURE.md.

		// Broadcast: whoever drains tells of templates that running broadcasts need.
		add_filter( 'nxtchat_template_uses', array( Broadcast\BroadcastUses::class, 'add' ), 10, 2 );
	}

	/** Commands. */
	private static function cli(): void {
		add_action( 'plugins_loaded', array( Schema::class, 'ensure' ) );
		register_activation_hook( NXTCHAT_FILE, array( Activation::class, 'activate' ) );
		register_deactivation_hook( NXTCHAT_FILE, array( Activation::class, 'deactivate' ) );

		\WP_CLI::add_command( 'nxtchat account', Account\AccountCommand::class );
		\WP_CLI::add_command( 'nxtchat vault', Account\VaultCommand::class );
		\WP_CLI::add_command( 'nxtchat settings', SettingsCommand::class );
		\WP_CLI::add_command( 'nxtchat doctor', Health\DoctorCommand::class );

		// Webhook.
		\WP_CLI::add_command( 'nxtchat drain', Webhook\DrainCommand::class );
		\WP_CLI::add_command( 'nxtchat work', Webhook\WorkCommand::class );
		\WP_CLI::add_command( 'nxtchat event', Webhook\EventCommand::class );

		// Conversation, message.
		\WP_CLI::add_command( 'nxtchat conversation', Conversation\ConversationCommand::class );
		\WP_CLI::add_command( 'nxtchat message', Message\MessageCommand::class );
		\WP_CLI::add_command( 'nxtchat send', Message\SendCommand::class );

		// Import.
		\WP_CLI::add_command( 'nxtchat contact', Contact\ContactCommand::class );
		\WP_CLI::add_command( 'nxtchat group', Group\GroupCommand::class );
		\WP_CLI::add_command( 'nxtchat field', Field\FieldCommand::class );
		\WP_CLI::add_command( 'nxtchat import', Import\ImportCommand::class );

		// Consent.
		\WP_CLI::add_command( 'nxtchat consent', Consent\ConsentCommand::class );

		// Template.
		\WP_CLI::add_command( 'nxtchat template', Template\TemplateCommand::class );

		// Login.
		\WP_CLI::add_command( 'nxtchat login', Login\LoginCommand::class );

		// Segment.
		\WP_CLI::add_command( 'nxtchat segment', Segment\SegmentCommand::class );

		// Broadcast.
		\WP_CLI::add_command( 'nxtchat broadcast', Broadcast\BroadcastCommand::class );
		\WP_CLI::add_command( 'nxtchat broadcast create', Broadcast\BroadcastCreateCommand::class );
	}

	/** Translations that come with the plugin. */
	public static function load_translations(): void {
		load_plugin_textdomain( 'nxt-cloud-chat', false, dirname( plugin_basename( NXTCHAT_FILE ) ) . '/languages' );
	}
}
