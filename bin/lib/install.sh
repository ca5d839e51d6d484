#!/usr/bin/env bash
# Run as root by setup.sh: install.sh CALLER PACKAGE...
# Odoo 19 is in Debian's unstable suite only, so that suite is added for this one package.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
CALLER=$1
shift
LOG=/var/log/water-service-setup.log
APT=(apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold)
POLICY=/usr/sbin/policy-rc.d

die() {
  printf '%s: %s\n' "$CALLER" "$*" >&2
  exit 1
}

update() {
  rm -f "$LOG.failed"
  "${APT[@]}" -o APT::Update::Error-Mode=any update >>"$LOG" 2>&1 || touch "$LOG.failed"
}

has_odoo() { [[ $(apt-cache policy odoo-19) == *'Candidate: '[0-9]* ]]; }

# The mirror and the key of the machine's own Debian entry, whichever form its sources have.
add_unstable() {
  local uri key
  read -r uri key < <(
    # shellcheck disable=SC2016  # these are apt's placeholders
    apt-get indextargets --format '$(REPO_URI) $(SIGNED_BY) $(RELEASE)' 'Created-By: Packages' |
      awk '$NF ~ /^(trixie|stable)$/ { print $1, (NF > 2 ? $2 : "") }' | sort -u
  ) || true
  [ -n "${uri:-}" ] || die "apt has no source for Debian trixie: look at /etc/apt/sources.list.d"
  [ -e "${key:-}" ] || key=/usr/share/keyrings/debian-archive-keyring.pgp
  [ -e "$key" ] || key=/usr/share/keyrings/debian-archive-keyring.gpg
  printf 'Types: deb\nURIs: %s\nSuites: sid\nComponents: main\nSigned-By: %s\n' "$uri" "$key" \
    >/etc/apt/sources.list.d/water-odoo.sources
  cat >/etc/apt/preferences.d/water-odoo <<'PIN'
Explanation: nothing comes from unstable ...
Package: *
Pin: release n=sid
Pin-Priority: -10

Explanation: ... but Odoo
Package: odoo-19
Pin: release n=sid
Pin-Priority: 500
PIN
}

need_odoo() {
  has_odoo && return
  [ -e /etc/apt/sources.list.d/water-odoo.sources ] || add_unstable
  update
  has_odoo && return
  [ ! -e "$LOG.failed" ] || die_offline
  die "Debian's unstable suite no longer has odoo-19: use 'docker compose' instead (see README.md)"
}

die_offline() {
  die "the package lists could not be fetched, check the network and start again." \
    "apt says: $(grep -m1 -E '^E: ' "$LOG") (details: $LOG)"
}

# Packages must not start servers of their own: the project brings its own, apart from the system's.
hold_services() {
  [ -e "$POLICY" ] && return
  printf '#!/bin/sh\nexit 101\n' >"$POLICY"
  chmod 755 "$POLICY"
  trap 'rm -f "$POLICY"' EXIT
}

: >"$LOG"
update
case " $* " in *' odoo-19 '*) need_odoo ;; esac
hold_services
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
[ -z "$(dpkg --audit)" ] || dpkg --configure -a >>"$LOG" 2>&1 || true
if ! "${APT[@]}" install -y --no-install-recommends "$@" >>"$LOG" 2>&1; then
  [ ! -e "$LOG.failed" ] || die_offline
  reason=$(grep -m1 -E '^E: ' "$LOG" || tail -n 1 "$LOG")
  grep -q 'odoo-19 : Depends' "$LOG" && reason="odoo-19 of unstable no longer fits Debian 13: use 'docker compose' (see README.md)"
  die "apt could not install the packages: $reason (details: $LOG)"
fi
# Odoo's package enables a service on port 8069; it is left alone where it was there before.
case " $* " in *' odoo-19 '*)
  systemctl disable --now odoo.service >>"$LOG" 2>&1 || true
  update-rc.d odoo disable >>"$LOG" 2>&1 || true
  ;;
esac
# Programs of a cluster: their settings come first, from `bin/cluster render`.
for package in etcd-server haproxy patroni pgbouncer; do
  case " $* " in *" $package "*)
    systemctl disable --now "${package%-server}.service" >>"$LOG" 2>&1 || true
    ;;
  esac
done
