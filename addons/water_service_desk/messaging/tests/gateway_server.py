"""A message gateway on localhost: a real HTTP server that answers as it is told."""

import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Gateway:
    """Received requests, and the next answers."""

    def __init__(self):
        self.requests = []
        self.answers = []
        self.keys = set()
        self.release = threading.Event()
        self.url = None

    def answer(self, *answers):
        """Queue answers: ``(status, body[, headers])``, or a function of the handler."""
        self.answers += answers

    def next_answer(self):
        """The answer queued first; success by default."""
        return self.answers.pop(0) if self.answers else (200, {"code": "OK", "id": "G-1"})

    def note(self, handler):
        """Keep what a request carried."""
        length = int(handler.headers.get("Content-Length") or 0)
        raw = handler.rfile.read(length)
        parts = urlsplit(handler.path)
        request = {
            "method": handler.command,
            "path": parts.path,
            "query": {name: values[0] for name, values in parse_qs(parts.query).items()},
            "headers": dict(handler.headers),
            "raw": raw,
        }
        if "json" in handler.headers.get("Content-Type", ""):
            request["json"] = json.loads(raw)
        self.requests.append(request)
        self.keys.add(request["headers"].get("Idempotency-Key"))

    def sent(self, name="text"):
        """The values of one body field of all requests, in order."""
        return [request["json"][name] for request in self.requests]


def drip(handler):
    """Begin an answer and let it drop byte by byte, until the test lets go."""
    handler.send_response(200)
    handler.end_headers()
    _go_on(handler, b" ")


def drip_heads(handler):
    """An answer whose headers come one by one."""
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
    _go_on(handler, b"X: y\r\n", 0.2)


def go_on(handler):
    """Say again and again that the answer is still to come."""
    _go_on(handler, b"HTTP/1.0 100 Continue\r\n\r\n")


def _go_on(handler, piece, pause=0.02):
    while not handler.server.gateway.release.wait(pause):
        handler.wfile.write(piece)
        handler.wfile.flush()


def hang(handler):
    """Accept the request and stay silent until the test ends it."""
    handler.server.gateway.release.wait(20)
    handler.close_connection = True


def cut(handler):
    """Break the connection off instead of answering."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


class _Handler(BaseHTTPRequestHandler):
    def _any(self):
        gateway = self.server.gateway
        gateway.note(self)
        answer = gateway.next_answer()
        try:
            if callable(answer):
                answer(self)
            else:
                self._answer(*answer)
        except OSError:  # the client has gone
            self.close_connection = True

    do_GET = do_POST = do_PUT = _any  # noqa: N815  # names that http.server calls

    def _answer(self, status, body=b"", headers=None):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *args):
        """No output from the test."""


@contextmanager
def gateway_server():
    """Yield a :class:`Gateway` that listens on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.gateway = gateway = Gateway()
    gateway.url = f"http://127.0.0.1:{server.server_port}/send"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        gateway.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def closed_port():
    """An unused port of localhost."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
