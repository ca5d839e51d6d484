"""A cable between Odoo and its database that can be pulled out and put back."""

import selectors
import socket
import threading


class Cable:
    """Forwards TCP from a port of its own to another; ``pull`` breaks all that goes through it.

    :param target: the port on 127.0.0.1 where the database listens
    """

    def __init__(self, target):
        self.target = target
        self.port = None
        self._listener = None
        self._ends = set()
        self.mend()

    def mend(self):
        """Let connections through, at the same port as before."""
        self._listener = socket.create_server(("127.0.0.1", self.port or 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def pull(self):
        """Break open connections and refuse new ones, as a stopped server does."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in list(self._ends):
            self._shut(end)

    def _accept(self, listener):
        while True:
            try:
                near, _address = listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            self._ends |= {near, far}
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near, far):
        others = {near: far, far: near}
        with selectors.DefaultSelector() as waiting:
            for end in others:
                waiting.register(end, selectors.EVENT_READ)
            try:
                while True:
                    for key, _events in waiting.select():
                        data = key.fileobj.recv(65536)
                        if not data:
                            return
                        others[key.fileobj].sendall(data)
            except OSError:
                return
            finally:
                for end in others:
                    self._shut(end)

    def _shut(self, end):
        self._ends.discard(end)
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other side was quicker
        end.close()
