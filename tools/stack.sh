#!/usr/bin/env bash
# Starts and stops the servers of a site made by tools/site.sh, each in a process group of its own.
#
#   tools/stack.sh start D [db|web|all] [--workers N]    db: MariaDB (nothing on SQLite); web: php-fpm and nginx
#   tools/stack.sh stop D [db|web|all]
#   tools/stack.sh status D
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

action=${1:-} dir=${2:-} what=all workers=${NXTCHAT_WORKERS:-4}
[ -n "$action" ] && [ -n "$dir" ] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2; }
shift 2
while [ $# -gt 0 ]; do
	case $1 in
		db | web | all) what=$1 ;;
		--workers) workers=$2; shift ;;
		*) die "unknown argument: $1" ;;
	esac
	shift
done
dir=$(realpath "$dir")
# During the installation the file is not in its place yet.
env_file="$dir/site.env"; [ -f "$env_file" ] || env_file="$dir/site.env.part"
[ -f "$env_file" ] || die "$dir is no site (make it with tools/site.sh --dir $dir)"
. "$env_file"
run="$dir/run" log="$dir/log"

db_up() { mariadb-admin --no-defaults -uroot --socket="$run/db.sock" ping; }

start_db() {
	[ "$DB" = mariadb ] || return 0
	! group_alive "$run/mariadbd.pid" || return 0
	local as=(); [ "$(id -u)" != 0 ] || as=(--user=root)
	start_group "$run/mariadbd.pid" "$log/mariadbd.log" "$(command -v mariadbd || echo /usr/sbin/mariadbd)" --defaults-file="$dir/etc/my.cnf" "${as[@]}"
	wait_until "$START_TIMEOUT_S" db_up || { tail -n 5 "$log/mariadbd.log" >&2; die 'MariaDB did not start'; }
}

web_up() { [ "$(curl -s -o /dev/null -m 5 -w '%{http_code}' "http://127.0.0.1:$PORT/wp-includes/images/blank.gif")" = 200 ]; }

write_web_config() {
	local user_line='' pool_user=''
	if [ "$(id -u)" = 0 ]; then user_line='user root;'; pool_user=$'user = root\ngroup = root'; fi
	cat >"$dir/etc/fpm.conf" <<FPM
[global]
error_log = $log/fpm.log
daemonize = no
[www]
$pool_user
listen = $run/fpm.sock
listen.backlog = 1024
pm = static
pm.max_children = $workers
clear_env = no
catch_workers_output = yes
decorate_workers_output = no
FPM
	cat >"$dir/etc/nginx.conf" <<NGINX
$user_line
worker_processes 1;
pid $run/nginx.own.pid;
error_log $log/nginx.log warn;
events { worker_connections 1024; }
http {
	include /etc/nginx/mime.types;
	default_type application/octet-stream;
	access_log off;
	keepalive_requests 1000000;
	client_max_body_size 8m;
	client_body_buffer_size 64k;
	client_body_temp_path $run/body; fastcgi_temp_path $run/fastcgi; proxy_temp_path $run/proxy; uwsgi_temp_path $run/uwsgi; scgi_temp_path $run/scgi;
	server {
		listen 127.0.0.1:$PORT;
		root $WP_DIR;
		index index.php;
		location ~ /\\. { return 403; }
		location ~ ^/wp-content/(database|nxtchat-data)(/|\$) { return 403; }
		location / { try_files \$uri \$uri/ /index.php?\$args; }
		location ~ \\.php\$ {
			try_files \$uri =404;
			include /etc/nginx/fastcgi_params;
			fastcgi_param SCRIPT_FILENAME \$document_root\$fastcgi_script_name;
			# Debian's file gives the host without its port, and WordPress would redirect to itself for ever.
			fastcgi_param HTTP_HOST \$http_host;
			fastcgi_read_timeout 120s;
			fastcgi_pass unix:$run/fpm.sock;
		}
	}
}
NGINX
}

start_web() {
	if group_alive "$run/nginx.pid" && group_alive "$run/fpm.pid"; then return 0; fi
	stop_web
	! port_taken "$PORT" || die "port $PORT is taken by another program"
	write_web_config
	local fpm; fpm=php-fpm$(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')
	fpm=$(command -v "$fpm" || command -v "/usr/sbin/$fpm" || command -v php-fpm) || die 'php-fpm is missing (tools/deps.sh installs it)'
	local root_flag=(); [ "$(id -u)" != 0 ] || root_flag=(-R)
	PHP_INI_SCAN_DIR=":$dir/etc/php.d" start_group "$run/fpm.pid" "$log/fpm.out" "$fpm" -F "${root_flag[@]}" -y "$dir/etc/fpm.conf"
	start_group "$run/nginx.pid" "$log/nginx.out" "$(command -v nginx || echo /usr/sbin/nginx)" -c "$dir/etc/nginx.conf" -e "$log/nginx.log" -g 'daemon off;'
	wait_until "$START_TIMEOUT_S" test -S "$run/fpm.sock" && wait_until "$START_TIMEOUT_S" web_up || { tail -n 5 "$log"/fpm.out "$log"/fpm.log "$log"/nginx.log >&2 2>/dev/null; die 'the web server did not start'; }
}

stop_web() { stop_group "$run/nginx.pid"; stop_group "$run/fpm.pid"; }
stop_db() { stop_group "$run/mariadbd.pid"; }

case $action-$what in
	start-db) start_db ;;
	start-web) start_web ;;
	start-all) start_db; start_web; say "$URL (admin / $ADMIN_PASSWORD)" ;;
	stop-db) stop_db ;;
	stop-web) stop_web ;;
	stop-all) stop_web; stop_db ;;
	status-*)
		for s in mariadbd fpm nginx; do
			if group_alive "$run/$s.pid"; then echo "$s up (group $(cat "$run/$s.pid"))"; else echo "$s down"; fi
		done ;;
	*) die "unknown action: $action" ;;
esac
