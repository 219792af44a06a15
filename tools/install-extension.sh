#!/usr/bin/env bash
# Copies the built extension into PHP's extension directory and enables it for every SAPI of this PHP version.
#   tools/install-extension.sh target/release/libnxtchat.so [DIRECTORY]     with a directory: only puts it there
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
so=${1:?usage: tools/install-extension.sh <libnxtchat.so> [directory]}
dir=${2:-$(php-config --extension-dir)}
# Beside, then renamed: who runs keeps the file that it has mapped. Written into, that would change under its feet.
install -m 0644 "$so" "$dir/nxtchat.so.new"
mv -f "$dir/nxtchat.so.new" "$dir/nxtchat.so"
[ $# -lt 2 ] || exit 0
version=$(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')
mods="/etc/php/$version/mods-available"
if [ -d "$mods" ] && command -v phpenmod >/dev/null; then
	[ -f "$mods/nxtchat.ini" ] || printf '; priority=30\nextension=nxtchat.so\n; Best outside the web root; empty: wp-content/nxtchat-data\n;nxtchat.data_dir=/var/lib/nxtchat\n' >"$mods/nxtchat.ini"
	phpenmod -v "$version" nxtchat
else
	scan=$(php --ini | sed -n 's/^Scan for additional .ini files in: //p')
	[ -d "$scan" ] || die "put extension=nxtchat.so into your php.ini"
	[ -f "$scan/30-nxtchat.ini" ] || echo 'extension=nxtchat.so' >"$scan/30-nxtchat.ini"
fi
say "installed: nxtchat $(php -d display_errors=0 -r 'echo phpversion( "nxtchat" );') in $dir. Reload php-fpm (systemctl reload php$version-fpm); workers begin anew by themselves."
