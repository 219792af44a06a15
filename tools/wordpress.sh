#!/usr/bin/env bash
# Puts a complete, unconfigured WordPress tree with the SQLite drop-in into build/wordpress-<version>.
#
#   tools/wordpress.sh 6.8 | 7.1 | newest | /path/to/a/wordpress
#
# Prints the tree's path as its last line. Sources, in this order: the directory given, wordpress.org's
# archive, the distribution's own package (Debian: trixie carries 6.8, sid carries 7.1). The package is
# fetched through apt with lists of its own below build/, so the machine's apt settings stay as they are.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
WANT=${1:?usage: tools/wordpress.sh <6.8|7.1|newest|directory>}
ARCHIVE_TIMEOUT_S=10
ARCHIVE_TOTAL_S=180
# The newest version that this project is tested with; "newest" falls back to it where only packages are to be had.
NEWEST=7.1

say() { printf '  wordpress: %s\n' "$*" >&2; }
die() { printf 'tools/wordpress.sh: %s\n' "$*" >&2; exit 1; }

# version of a tree, e.g. 6.8.7
version_of() { sed -n "s/^\$wp_version = '\([^']*\)';.*/\1/p" "$1/wp-includes/version.php"; }

# --- sources ---------------------------------------------------------------------------------------

from_directory() { # from_directory SRC DEST
	[ -f "$1/wp-includes/version.php" ] || die "$1 holds no WordPress (wp-includes/version.php is missing)"
	cp -aL "$1/." "$2/"
	rm -rf "$2/wp-config.php" "$2/wp-content/database" "$2/wp-content/db.php"
}

from_archive() { # from_archive NAME DEST
	local file="$2.tar.gz"
	curl -fsSL --connect-timeout "$ARCHIVE_TIMEOUT_S" --max-time "$ARCHIVE_TOTAL_S" --speed-time "$ARCHIVE_TIMEOUT_S" --speed-limit 1024 \
		-o "$file" "https://wordpress.org/$1.tar.gz" 2>/dev/null || { rm -f "$file"; return 1; }
	tar -xzf "$file" -C "$2" --strip-components=1 && rm -f "$file"
}

# A private apt that sees one more suite of the archive this machine already uses.
private_apt() { # private_apt DIR SUITE
	local codename uri
	codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
	# Lists what is configured, fetched or not; security archives have no other suites.
	uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
		awk -v c="$codename" '$1 !~ /security/ && $2 == c && $3 == "main" { print $1; exit }')
	[ -n "$uri" ] || return 1
	mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
	printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$uri" "$2" >"$1/sources.list"
	{
		printf 'Dir::Etc::sourcelist "%s/sources.list";\nDir::Etc::sourceparts "-";\n' "$1"
		printf 'Dir::State::lists "%s/lists";\nDir::Cache "%s/cache";\nAPT::Sandbox::User "";\n' "$1" "$1"
		printf 'Acquire::Languages "none";\n'
	} >"$1/apt.conf"
}

from_package() { # from_package SUITE DEST
	local apt="$ROOT/build/apt-$1" list theme
	if [ "$1" = own ]; then
		rm -rf "$apt"; mkdir -p "$apt/debs"
	else
		private_apt "$apt" "$1" || return 1
		export APT_CONFIG="$apt/apt.conf"
		apt-get update -qq >&2 || { unset APT_CONFIG; return 1; }
		rm -rf "$apt/debs"; mkdir -p "$apt/debs"
	fi
	# The package links to libraries in packages of their own; its PHP modules are the machine's business.
	list=$(apt-cache depends --no-recommends --no-suggests wordpress 2>/dev/null |
		sed -n 's/^ *|\{0,1\}Depends: //p' | grep -E '^(libjs-|libphp-|php-getid3)' | sort -u || true)
	theme=$(apt-cache pkgnames wordpress-theme-twentytwenty | sort | awk '/five$/ { f = $0 } { l = $0 } END { print f ? f : l }')
	say "package from ${1} ($(apt-cache policy wordpress | awk '/Candidate/ { print $2 }'))"
	# shellcheck disable=SC2086 # a list of package names
	(cd "$apt/debs" && apt-get download -qq wordpress $theme $list >&2) || { unset APT_CONFIG; return 1; }
	unset APT_CONFIG
	rm -rf "$apt/x"; mkdir "$apt/x"
	for d in "$apt"/debs/*.deb; do dpkg -x "$d" "$apt/x"; done
	# Absolute links point into the unpacked packages where they carry the file, else to the machine's (certificates).
	find "$apt/x/usr/share/wordpress" -type l | while read -r link; do
		local to; to=$(readlink "$link")
		case $to in /*) [ -e "$apt/x$to" ] && ln -sfn "$apt/x$to" "$link" ;; esac
		[ -e "$link" ] || rm "$link"
	done
	cp -aL "$apt/x/usr/share/wordpress/." "$2/"
	rm -rf "$2/wp-config.php" "$apt/x" "$apt/debs"
}

# The plugin that lets WordPress run on SQLite, from the npm package that carries it.
add_sqlite_dropin() { # add_sqlite_dropin TREE
	local plugins="$1/wp-content/plugins" pack="$ROOT/build/sqlite-dropin"
	if [ ! -f "$pack/sqlite-database-integration.zip" ]; then
		say "SQLite drop-in (npm: @wp-playground/cli)"
		mkdir -p "$pack"
		(cd "$pack" && npm pack --silent @wp-playground/cli >/dev/null &&
			tar -xzf wp-playground-cli-*.tgz --strip-components=1 package/sqlite-database-integration.zip && rm -f wp-playground-cli-*.tgz)
	fi
	mkdir -p "$plugins"
	php -r '$z = new ZipArchive(); exit( true === $z->open( $argv[1] ) && $z->extractTo( $argv[2] ) ? 0 : 1 );' \
		"$pack/sqlite-database-integration.zip" "$plugins"
	# The archive's folder carries a prefix or suffix in some releases.
	if [ ! -d "$plugins/sqlite-database-integration" ]; then
		mv "$plugins"/*sqlite-database-integration* "$plugins/sqlite-database-integration"
	fi
	[ -f "$plugins/sqlite-database-integration/db.copy" ] || die "the SQLite drop-in holds no db.copy"
}

# --- main ------------------------------------------------------------------------------------------

if [ -d "$WANT" ]; then
	name=dir-$(printf '%s' "$(realpath "$WANT")" | cksum | cut -d' ' -f1)
else
	case $WANT in newest) name=newest ;; [0-9]*.[0-9]*) name=$WANT ;; *) die "no such directory: $WANT" ;; esac
fi
dest="$ROOT/build/wordpress-$name"
if [ -f "$dest/.complete" ]; then printf '%s\n' "$dest"; exit 0; fi

mkdir -p "$ROOT/build"
# Two makes at once wait for each other here instead of unpacking over each other.
exec 9>"$ROOT/build/.wordpress.lock"; flock 9
if [ -f "$dest/.complete" ]; then printf '%s\n' "$dest"; exit 0; fi

tmp="$dest.part"; rm -rf "$tmp"; mkdir -p "$tmp"
id=$(. /etc/os-release && printf '%s' "${ID:-}")
if [ -d "$WANT" ]; then
	from_directory "$WANT" "$tmp"
elif from_archive "$([ "$WANT" = newest ] && echo latest || echo "wordpress-$WANT")" "$tmp"; then
	say "archive from wordpress.org"
else
	version=$([ "$WANT" = newest ] && echo "$NEWEST" || echo "$WANT")
	case $id-$version in
		debian-6.8*) from_package trixie "$tmp" ;;
		debian-7*) from_package sid "$tmp" ;;
		*) from_package own "$tmp" ;;
	esac || die "no source on this machine carries WordPress $WANT; pass a directory instead"
fi
have=$(version_of "$tmp")
[ -n "$have" ] || die "what was unpacked is no WordPress"
case $WANT in [0-9]*) case $have in "$WANT"*) ;; *) say "asked for $WANT, this machine's source carries $have" ;; esac ;; esac
add_sqlite_dropin "$tmp"
mkdir -p "$tmp/wp-content/uploads"
touch "$tmp/.complete"
rm -rf "$dest"; mv "$tmp" "$dest"
say "$have in ${dest#"$ROOT"/}"
printf '%s\n' "$dest"
