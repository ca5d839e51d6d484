"""Passwords of the site and certificates of its machines: made once, never in a template."""

import secrets
import subprocess
import tomllib

from ..place import Stop

PASSWORDS = ("postgres", "replicator", "rewind", "odoo", "master", "backup")
DAYS = 3650
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def make(inventory):
    """Create missing secrets; existing ones stay."""
    folder = inventory.secrets
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "passwords.toml"
    if not path.exists():
        path.touch(mode=0o600)
        lines = [f'{name} = "{secrets.token_hex(24)}"\n' for name in PASSWORDS]
        path.write_text("".join(lines))
    if inventory.tls:
        _authority(folder)
        for node in inventory.nodes:
            if not (folder / f"{node.name}.crt").exists():
                _certificate(folder, node)


def passwords(inventory):
    """``{"password_<who>": password}``."""
    path = inventory.secrets / "passwords.toml"
    if not path.exists():
        raise Stop(f"{path} is missing: bin/cluster secrets makes it")
    return {f"password_{who}": word for who, word in tomllib.loads(path.read_text()).items()}


def keys(inventory):
    """``(key, its secret)`` of the object store, which its owner has given."""
    path = inventory.secrets / "store.toml"
    try:
        found = tomllib.loads(path.read_text())
        return found["key"], found["secret"]
    except (OSError, tomllib.TOMLDecodeError, KeyError):
        raise Stop(f'{path} has to say key = "…" and secret = "…" of the store') from None


def certificates(inventory, node):
    """``{name on the machine: content}``; a key for those alone who must show who they are."""
    wanted = {"ca.crt": "ca.crt"}
    if {"etcd", "postgresql"} & set(node.roles):
        wanted |= {"node.crt": f"{node.name}.crt", "node.key": f"{node.name}.key"}
    elif {"proxy"} == set(node.roles):
        wanted = {}
    missing = [file for file in wanted.values() if not (inventory.secrets / file).exists()]
    if missing:
        raise Stop(f"{missing[0]} is missing in {inventory.secrets}: bin/cluster secrets makes it")
    return {name: (inventory.secrets / file).read_text() for name, file in wanted.items()}


def _authority(folder):
    if not (folder / "ca.crt").exists():
        use = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]
        _openssl(folder / "ca", "/CN=water cluster", use)


def _certificate(folder, node):
    """Good for both sides of a connection, for the address and the name of the machine."""
    use = [
        f"subjectAltName=IP:{node.address},IP:127.0.0.1,IP:{node.local},DNS:{node.name}",
        "basicConstraints=critical,CA:FALSE",
        "keyUsage=critical,digitalSignature",
        "extendedKeyUsage=serverAuth,clientAuth",
        "authorityKeyIdentifier=keyid",
    ]
    authority = ["-CA", folder / "ca.crt", "-CAkey", folder / "ca.key"]
    _openssl(folder / node.name, f"/CN={node.name}", use, authority)


def _openssl(path, subject, use, more=()):
    """Write ``path``.key and ``path``.crt, ignoring the machine's openssl configuration."""
    command = ["openssl", "req", "-x509", "-config", "/dev/stdin", *KEY, "-days", DAYS, *more]
    command += ["-subj", subject, "-keyout", f"{path}.key", "-out", f"{path}.crt"]
    command += [part for one in use for part in ("-addext", one)]
    done = subprocess.run(
        [str(arg) for arg in command],
        input="[req]\ndistinguished_name=dn\nx509_extensions=own\n[dn]\n[own]\n"
        "subjectKeyIdentifier=hash\n",
        capture_output=True,
        text=True,
        check=False,
        umask=0o077,
    )
    if done.returncode:
        raise Stop(f"openssl refused: {done.stderr.strip().splitlines()[-1]}")
