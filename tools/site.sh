#!/usr/bin/env bash
# Makes an installed WordPress site with the extension and the plugin, for tests, the demo and by hand.
#
#   tools/site.sh --dir D [--wp 6.8|7.1|newest|DIR] [--db sqlite|mariadb] [--url URL]
#                 [--plugin link|copy] [--data-dir inside|outside] [--plain]
#
# D/wordpress the web root, D/php a php with the extension and this site's settings, D/site.env what there is
# (shell syntax), D/log, D/run. Login admin / nxtchat. Done once, a second call only refreshes a copied plugin.
#   --plugin    link (default): the checkout itself; copy: as a user installs it
#   --data-dir  outside (default): nxtchat.data_dir = D/data; inside: the setting stays empty
#   --plain     WordPress without the plugin (the benchmarks' reference)
# Servers: tools/stack.sh.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

dir='' wp=6.8 db=sqlite url='' plugin=link data=outside plain=''
while [ $# -gt 0 ]; do
	case $1 in
		--dir) dir=$2; shift ;;
		--wp) wp=$2; shift ;;
		--db) db=$2; shift ;;
		--url) url=$2; shift ;;
		--plugin) plugin=$2; shift ;;
		--data-dir) data=$2; shift ;;
		--plain) plain=1 ;;
		*) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2 ;;
	esac
	shift
done
[ -n "$dir" ] || die '--dir is missing'
case $db in sqlite | mariadb) ;; *) die "--db is sqlite or mariadb, not '$db'" ;; esac
case $plugin in link | copy) ;; *) die "--plugin is link or copy, not '$plugin'" ;; esac
mkdir -p "$dir"; dir=$(realpath "$dir")
# A socket's path may be 107 bytes long.
[ ${#dir} -le 85 ] || die "$dir: too long a path for the sockets inside it"

put_plugin() {
	local to="$dir/wordpress/wp-content/plugins/nxt-cloud-chat"
	[ -z "$plain" ] || return 0
	if [ "$plugin" = link ]; then
		[ -L "$to" ] || { rm -rf "$to"; ln -s "$ROOT/wordpress-plugin" "$to"; }
	else
		rm -rf "$to.new"; mkdir -p "$to.new"
		(cd "$ROOT/wordpress-plugin" && tar -cf - --exclude=./client --exclude=node_modules .) | tar -xf - -C "$to.new"
		rm -rf "$to"; mv "$to.new" "$to"
	fi
}

if [ -f "$dir/site.env" ]; then
	(. "$dir/site.env"; [ "$DB" = "$db" ] || die "$dir stands on $DB; remove it first, or give another --dir")
	put_plugin
	exit 0
fi

tree=$("$ROOT/tools/wordpress.sh" "$wp" | tail -n 1)
mkdir -p "$dir/run" "$dir/log" "$dir/etc/php.d"
rm -rf "$dir/wordpress"; cp -a "$tree" "$dir/wordpress"; rm -f "$dir/wordpress/.complete"
put_plugin

[ -n "$url" ] || url="http://127.0.0.1:$(free_port)"
port=$(php -r 'echo parse_url( $argv[1], PHP_URL_PORT ) ?: 80;' "$url")

extension=${NXTCHAT_EXTENSION:-$ROOT/target/release/libnxtchat.so}
{
	[ -n "$plain" ] || echo "extension=$extension"
	[ "$data" = inside ] || echo "nxtchat.data_dir=$dir/data"
	printf 'opcache.enable=1\nopcache.validate_timestamps=1\nopcache.revalidate_freq=0\nmemory_limit=256M\n'
	printf 'error_log=%s/log/php.log\nlog_errors=1\n' "$dir"
} >"$dir/etc/php.d/nxtchat.ini"
[ "$data" = inside ] || { mkdir -p "$dir/data"; chmod 0700 "$dir/data"; }

cat >"$dir/php" <<SH
#!/bin/sh
# php with this site's settings; its children inherit them.
export PHP_INI_SCAN_DIR=":$dir/etc/php.d" NXTCHAT_SITE="$dir"
exec php "\$@"
SH
chmod +x "$dir/php"

if [ "$db" = mariadb ]; then
	host="localhost:$dir/run/db.sock"
	printf '[mariadbd]\ndatadir=%s/db\nsocket=%s/run/db.sock\npid-file=%s/run/mariadbd.own.pid\n' "$dir" "$dir" "$dir" >"$dir/etc/my.cnf"
	cat >>"$dir/etc/my.cnf" <<'CNF'
skip-networking
skip-name-resolve
skip-log-bin
performance_schema=OFF
character-set-server=utf8mb4
max_connections=100
innodb_buffer_pool_size=256M
innodb_log_file_size=96M
max_allowed_packet=64M
# Quick rather than safe against a power cut, but a commit outlives the server: data of tests and demos only.
innodb_flush_log_at_trx_commit=2
CNF
else
	host=localhost
	cp "$dir/wordpress/wp-content/plugins/sqlite-database-integration/db.copy" "$dir/wordpress/wp-content/db.php"
	sed -i -e "s#{SQLITE_IMPLEMENTATION_FOLDER_PATH}#$dir/wordpress/wp-content/plugins/sqlite-database-integration#g" \
		-e 's#{SQLITE_PLUGIN}#sqlite-database-integration/load.php#g' "$dir/wordpress/wp-content/db.php"
fi

{
	echo '<?php'
	printf "define( 'DB_NAME', 'wordpress' );\ndefine( 'DB_USER', 'wp' );\ndefine( 'DB_PASSWORD', 'wp' );\n"
	printf "define( 'DB_HOST', '%s' );\ndefine( 'DB_CHARSET', 'utf8mb4' );\ndefine( 'DB_COLLATE', '' );\n" "$host"
	if [ "$db" = sqlite ]; then
		printf "define( 'DB_DIR', '%s/wordpress/wp-content/database/' );\ndefine( 'DB_FILE', 'site.sqlite' );\n" "$dir"
	fi
	for salt in AUTH_KEY SECURE_AUTH_KEY LOGGED_IN_KEY NONCE_KEY AUTH_SALT SECURE_AUTH_SALT LOGGED_IN_SALT NONCE_SALT; do
		printf "define( '%s', '%s' );\n" "$salt" "$(php -r 'echo bin2hex( random_bytes( 32 ) );')"
	done
	cat <<PHP
\$table_prefix = 'wp_';
define( 'WP_DEBUG', true );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_DEBUG_LOG', '$dir/log/debug.log' );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'WP_ACCESSIBLE_HOSTS', '127.0.0.1,localhost' );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'DISABLE_WP_CRON', true );
define( 'WP_ENVIRONMENT_TYPE', 'local' );
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
PHP
} >"$dir/wordpress/wp-config.php"

env_tmp="$dir/site.env.part"
{
	printf 'SITE=%q\nWP_DIR=%q\nDB=%q\nURL=%q\nPORT=%q\nPLAIN=%q\n' "$dir" "$dir/wordpress" "$db" "$url" "$port" "$plain"
	printf 'ADMIN_USER=admin\nADMIN_PASSWORD=nxtchat\nWP_VERSION=%q\n' "$(sed -n "s/^\$wp_version = '\([^']*\)';.*/\1/p" "$dir/wordpress/wp-includes/version.php")"
} >"$env_tmp"

if [ "$db" = mariadb ]; then
	say "database: a MariaDB of its own"
	rm -rf "$dir/db"
	mariadb-install-db --no-defaults --datadir="$dir/db" --user="$(id -un)" --auth-root-authentication-method=normal \
		--skip-test-db --skip-name-resolve >"$dir/log/mariadb-install.log" 2>&1 || { tail -n 5 "$dir/log/mariadb-install.log" >&2; die 'mariadb-install-db failed'; }
	"$ROOT/tools/stack.sh" start "$dir" db
	trap '"$ROOT/tools/stack.sh" stop "$dir" db' EXIT
	mariadb --no-defaults -uroot --socket="$dir/run/db.sock" -e "CREATE DATABASE wordpress CHARACTER SET utf8mb4;
		CREATE USER wp@localhost IDENTIFIED BY 'wp'; GRANT ALL ON \`wordpress%\`.* TO wp@localhost;"
fi
say "site: $url on $db, WordPress $(. "$env_tmp"; echo "$WP_VERSION")"
NXTCHAT_INSTALL_URL=$url NXTCHAT_INSTALL_PLUGIN=${plain:+none} "$dir/php" "$ROOT/tools/site-install.php" "$dir/wordpress"
# Last: a site that is not installed to the end is begun anew.
mv "$env_tmp" "$dir/site.env"
