# shellcheck shell=bash
# Sourced by the commands in bin/. Makes sure that this is Debian 13 and that the packages of the
# distribution are there; all the rest is Python (bin/lib/water), which needs those packages.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
ME=bin/$(basename "$0")
ARGUMENTS=("$@")  # of the command that sources this file

# What passed the tests last. Debian has Odoo 19 in unstable alone, which moves on and keeps one version.
ODOO_TRIED='19.0.0+dfsg-1'

SERVE_PACKAGES=(
  ca-certificates python3-venv odoo-19 postgresql
  libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk
)
# shellcheck disable=SC2034  # used by the commands that source this file
DOC_PACKAGES=(ca-certificates python3-venv graphviz fonts-noto-cjk)
# shellcheck disable=SC2034
INSTALL_PACKAGES=("${SERVE_PACKAGES[@]}" nginx restic openssl python3-packaging logrotate)
# shellcheck disable=SC2034
CLUSTER_PACKAGES=(patroni python3-etcd etcd-server etcd-client haproxy pgbouncer pgbackrest iproute2)
# shellcheck disable=SC2034
TEST_PACKAGES=(
  "${SERVE_PACKAGES[@]}" graphviz docker-compose shellcheck curl exim4-daemon-light dovecot-imapd nginx restic
  chromium chromium-headless-shell # as people have it for the benchmarks, and without windows for the tests
  prometheus podman crun runc uidmap mmdebstrap "${CLUSTER_PACKAGES[@]}"
  python3-moto python3-flask-cors # a stand-in for an object store
)

die() {
  printf '%s: %s\n' "$ME" "$*" >&2
  exit 1
}

is_debian_13() {
  local ID='' VERSION_ID=''
  # shellcheck source=/dev/null
  [ -r /etc/os-release ] && . /etc/os-release
  [ "$ID $VERSION_ID" = 'debian 13' ] && command -v apt-get >/dev/null
}

# Prints those of the given packages that are not installed. A PostgreSQL server of any version will do.
missing_packages() {
  local installed package
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' || true)
  for package in "$@"; do
    if [ "$package" = postgresql ]; then
      compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || echo postgresql
    else
      grep -qxF "$package" <<<"$installed" || echo "$package"
    fi
  done
}

free_megabytes() { df -Pm "$1" | awk 'NR == 2 { print $4 }'; }

# What is done where this is another system: the same in a container of Debian 13, when there is an engine.
elsewhere() {
  case $ME in bin/install | bin/backup | bin/restore) ;; *) # these are about the machine itself
    # shellcheck source=bin/lib/container.sh
    . "$ROOT/bin/lib/container.sh"
    run_in_container "${ARGUMENTS[@]}"
    ;;
  esac
  die "this needs Debian 13 (trixie) with apt, or podman or docker, by which it goes into a container of debian:13;" \
    "an editor may open the folder in its container (.devcontainer);" \
    "to use the system, 'docker compose up -d' is enough (see README.md)"
}

# install_system PACKAGE...: installs what is missing, by sudo where needed.
install_system() {
  local missing
  is_debian_13 || elsewhere
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] || install_missing "${missing[@]}"
  say_version
}

# Says it where Odoo is another one than that which was tried.
say_version() {
  local version
  version=$(dpkg-query -W -f='${Version}' odoo-19 2>/dev/null) || return 0
  [ -z "$version" ] || [ "$version" = "$ODOO_TRIED" ] ||
    printf '%s: odoo-19 is %s here, and %s is what passed the tests: bin/test tells whether this one does\n' \
      "$ME" "$version" "$ODOO_TRIED" >&2
}

install_missing() {
  local missing=("$@") as_root=()
  [ "$(free_megabytes /usr)" -ge 3000 ] ||
    die "less than 3 GB are free on the disk of /usr, which the packages need: make room and start again"
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null ||
      die "packages are missing (${missing[*]}) and there is no sudo: run this once as root, or install sudo"
    as_root=(sudo '--preserve-env=http_proxy,https_proxy,no_proxy')
  fi
  printf '%s: installing from Debian, once: %s\n' "$ME" "${missing[*]}" >&2
  "${as_root[@]}" bash "$ROOT/bin/lib/install.sh" "$ME" "${missing[@]}" || exit 1
}

# run_python MODULE ARG...: hands over to the Python part.
run_python() {
  export WATER_COMMAND=${ME#bin/} PYTHONPATH=$ROOT/bin/lib PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
  exec /usr/bin/python3 -m "water.$1" "${@:2}"
}
