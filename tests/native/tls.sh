#!/usr/bin/env bash
# HTTPS towards Graph, as in production: a server whose certificate the machine trusts is talked to, another is refused, and the token
# never shows in the error.   tests/native/tls.sh
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../tools/lib.sh"
cd "$ROOT"
dir=$(mktemp -d); port=$(free_port)
trap 'stop_group "$dir/nginx.pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=Test CA' \
	-addext basicConstraints=critical,CA:TRUE -keyout "$dir/ca.key" -out "$dir/ca.pem" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=localhost' -keyout "$dir/tls.key" -out "$dir/tls.csr" 2>/dev/null
printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n' >"$dir/ext"
openssl x509 -req -in "$dir/tls.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 2 -extfile "$dir/ext" -out "$dir/tls.pem" 2>/dev/null
cat >"$dir/nginx.conf" <<CONF
pid $dir/own.pid; error_log $dir/error.log; events {} 
http {
	access_log off; client_body_temp_path $dir/b; proxy_temp_path $dir/p; fastcgi_temp_path $dir/f; uwsgi_temp_path $dir/u; scgi_temp_path $dir/s;
	server {
		listen 127.0.0.1:$port ssl; server_name localhost; http2 on;
		ssl_certificate $dir/tls.pem; ssl_certificate_key $dir/tls.key; ssl_protocols TLSv1.2 TLSv1.3;
		location / { default_type application/json; return 200 '{"protocol":"\$server_protocol","tls":"\$ssl_protocol"}'; }
	}
}
CONF
# nginx before 1.25 says it on the listen line.
sed -i "s/ ssl; server_name localhost; http2 on;/ ssl http2; server_name localhost;/" "$dir/nginx.conf"
start_group "$dir/nginx.pid" "$dir/out" "$(command -v nginx || echo /usr/sbin/nginx)" -c "$dir/nginx.conf" -e "$dir/error.log" -g 'daemon off;'
wait_until 10 curl -sk -o /dev/null "https://localhost:$port/"
call() { # call [ENV=…]: what a Graph call answers
	env "$@" php -n -d extension="$ROOT/target/release/libnxtchat.so" -r '
		try {
			echo json_encode( \NxtChat\Native\graph_call( array( "token" => "EAACANARY", "phone_number_id" => "1", "graph_base" => "https://localhost:'"$port"'" ), "GET", "me" ), JSON_UNESCAPED_SLASHES );
		} catch ( \NxtChat\Native\Exception\Exception $e ) {
			echo get_class( $e ), ": ", $e;
		}'
}
trusted=$(call SSL_CERT_FILE="$dir/ca.pem"); stranger=$(call A=1)
echo "trusted: $trusted"; echo "not trusted: ${stranger%%$'\n'*}"
failed=0
ok() { if eval "$2"; then echo "ok      $1"; else echo "FAILED  $1"; failed=$((failed + 1)); fi; }
ok 'a trusted certificate is talked to over TLS 1.3' '[[ $trusted == *TLSv1.3* ]]'
ok 'with HTTP/2' '[[ $trusted == *HTTP/2* ]]'
ok 'another is refused with a GraphError' '[[ $stranger == *GraphError* ]]'
ok 'whose cause can be read' '[[ $stranger == *ertificate* || $stranger == *UnknownIssuer* ]]'
ok 'and that does not hold the token' '[[ $stranger != *EAACANARY* ]]'
echo "$((5 - failed)) passed, $failed failed"
[ "$failed" = 0 ]
