"""Sends to public addresses only, judged when the connection is made: gateways and webhooks."""

import hashlib
import hmac
import socket
from ipaddress import ip_address, ip_network

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection

from .gateway_http import GatewayError, send, watch

#: Carry an IPv4 address in their last 32 bits, to which a translator or an old stack delivers.
_CARRIERS = tuple(map(ip_network, ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))


def networks(text):
    """The networks of a setting, such as ``10.1.0.0/16, 127.0.0.1``.

    :raises ValueError: when one of them is none
    """
    parts = (part.strip() for part in (text or "").replace("\n", ",").split(","))
    return tuple(ip_network(part, strict=False) for part in parts if part)


def is_allowed(address, allowed=()):
    """Whether we may connect there: a public address, or one that is allowed by name.

    :param address: text of an IPv4 or IPv6 address
    :param allowed: networks of :func:`networks`
    """
    address = ip_address(address.partition("%")[0])
    if address.version == 6:
        inner = address.ipv4_mapped or address.sixtofour
        if any(address in network for network in _CARRIERS):
            inner = ip_address(int(address) & 0xFFFFFFFF)
        if inner:
            return is_allowed(str(inner), allowed)
    if any(address in network for network in allowed if network.version == address.version):
        return True
    site = getattr(address, "is_site_local", False)  # fec0::/10, given up, and still an inside
    return address.is_global and not (address.is_multicast or site)


def _connect(connection, allowed):
    """Resolve once, judge, and connect to the very address that was judged.

    A name that is looked up again for the connection could point elsewhere by then.
    """
    found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
    hosts = list(dict.fromkeys(row[4][0] for row in found))
    good = [host for host in hosts if is_allowed(host, allowed)]
    if len(good) < len(hosts):
        raise GatewayError("internal")
    error = None
    for host in good:
        try:
            return create_connection(
                (host, connection.port),
                connection.timeout,
                socket_options=connection.socket_options,
            )
        except OSError as fault:
            error = fault
    raise error or OSError("no address")


def _classes(allowed):
    """Connection pools whose connections go to allowed addresses only."""

    class PlainConnection(HTTPConnection):
        def _new_conn(self):
            return _new(self, allowed)

        def connect(self):
            super().connect()
            watch(self.sock)  # with TLS another one than was made

    class SecureConnection(PlainConnection, HTTPSConnection):
        pass

    plain = type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": PlainConnection})
    secure = type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": SecureConnection})
    return {"http": plain, "https": secure}


def _new(connection, allowed):
    try:
        return _connect(connection, allowed)
    except TimeoutError:
        raise GatewayError("timeout") from None
    except (OSError, UnicodeError, ValueError):
        raise GatewayError("refused") from None


class GuardedAdapter(HTTPAdapter):
    """Carries the requests of one gateway or webhook."""

    def __init__(self, allowed=()):
        self._allowed = allowed
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        """Have the pools make guarded connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _classes(self._allowed)


def signature(secret, timestamp, body):
    """The signature of a delivery: HMAC-SHA256 over ``timestamp.body`` in hexadecimal.

    :param secret: text shared with the receiver
    :param timestamp: seconds since 1970, as text
    :param body: bytes as sent
    """
    signed = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def deliver(method, url, headers, body, timeout, allowed=()):
    """Hand something over: no redirect followed, no proxy used, no internal address reached.

    :raises GatewayError: ``internal`` for an address inside, else as ``gateway_http.send``
    :return: ``gateway_http.Answer``
    """
    return send(method, url, headers, body, timeout, adapter=GuardedAdapter(allowed))
