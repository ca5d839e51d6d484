# shellcheck shell=bash
# Sourced by setup.sh where this is not Debian 13: runs the command in a container that is, by podman or
# docker. The container is kept: what is installed there once is there the next time.

# Prints the engine that is there and answers.
engine() {
  local name
  for name in podman docker; do
    if command -v "$name" >/dev/null && "$name" info >/dev/null 2>&1; then
      echo "$name"
      return
    fi
  done
  return 1
}

# make_container ENGINE NAME: whole or not at all, for one that is there is taken as it is. What commands make
# is kept in a volume of the same name, apart from the checkout, which belongs to somebody outside.
make_container() {
  # its first process takes up what others leave behind: not every engine has a program of its own for that
  local wait='trap exit TERM; while :; do sleep 1d & wait $!; done' variable outside=() trusted
  # the way outside is the machine's as well: a company's proxy, and whom to trust where that opens what it passes on
  for variable in http_proxy https_proxy no_proxy; do [ -z "${!variable+x}" ] || outside+=(--env "$variable"); done
  trusted=${PIP_CERT:-${SSL_CERT_FILE:-}}
  [ -z "$trusted" ] || outside+=(--volume "$trusted:/water-trusted.pem:ro" --env PIP_CERT=/water-trusted.pem)
  # the network is the machine's own, for the ports; labels are off, for the checkout where SELinux guards it
  if "$1" run --detach --name "$2" --network host --security-opt label=disable \
    --volume "$ROOT:/water" --volume "$2:/water-local" --env WATER_LOCAL=/water-local \
    --env LC_ALL=C.UTF-8 "${outside[@]}" docker.io/library/debian:13 bash -c "$wait" >/dev/null &&
    "$1" exec --env DEBIAN_FRONTEND=noninteractive "$2" sh -c 'apt-get -q update && apt-get -q install -y --no-install-recommends ca-certificates git &&
      git config --system safe.directory /water' >&2; then return; fi
  "$1" rm --force "$2" >/dev/null 2>&1
  return 1
}

# Makes and starts the container of this checkout; prints its name.
start_container() {
  local engine=$1 name
  name=water-$(printf %s "$ROOT" | cksum | cut -d' ' -f1)
  if ! "$engine" container inspect "$name" >/dev/null 2>&1; then
    printf '%s: making the container %s of debian:13, once\n' "$ME" "$name" >&2
    make_container "$engine" "$name" || die "the container could not be made; why, $engine says above"
  fi
  "$engine" start "$name" >/dev/null || die "the container $name could not be started; why, $engine says above"
  echo "$name"
}

# run_in_container ARG...: runs this command there, from the same folder of the checkout, with what is set for it.
run_in_container() {
  local engine name folder=/water variable options=()
  engine=$(engine) || return 0
  name=$(start_container "$engine") || exit
  case $PWD in "$ROOT"/*) folder=/water${PWD#"$ROOT"} ;; esac
  # where somebody looks on, Ctrl-C reaches the command
  [ -t 0 ] && [ -t 1 ] && options+=(--interactive --tty)
  for variable in PORT "${!WATER_@}"; do
    case $variable in WATER_LOCAL | WATER_COMMAND) ;; *) [ -z "${!variable+x}" ] || options+=(--env "$variable") ;; esac
  done
  exec "$engine" exec "${options[@]}" --workdir "$folder" "$name" "/water/$ME" "$@"
}
