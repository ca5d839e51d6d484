"""An object store on this machine: moto's S3 behind nginx for TLS.

It accepts every key; refusing wrong ones is the store's task.
"""

import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BUCKET = "water"
NGINX = """
pid {0}/nginx.pid;
error_log {0}/nginx.log;
events {{}}
http {{
  access_log off;
  client_max_body_size 0;
  client_body_temp_path {0}/body;
  proxy_temp_path {0}/proxy;
  fastcgi_temp_path {0}/fastcgi;
  uwsgi_temp_path {0}/uwsgi;
  scgi_temp_path {0}/scgi;
  server {{
    listen 127.0.0.1:{1} ssl;
    ssl_certificate {0}/store.crt;
    ssl_certificate_key {0}/store.key;
    location / {{
      proxy_set_header Host $http_host;
      proxy_pass http://127.0.0.1:{2};
    }}
  }}
}}
"""


@dataclass
class Store:
    """Where it is and whom to trust."""

    port: int
    ca: Path

    @property
    def address(self):
        """The name for restic."""
        return f"s3:https://127.0.0.1:{self.port}/{BUCKET}/backups"

    def restic(self):
        """Variables by which restic opens it."""
        keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
        return {**keys, "AWS_DEFAULT_REGION": "here", "RESTIC_CACERT": str(self.ca)}

    def pgbackrest(self):
        """Lines by which pgBackRest keeps its repository there."""
        return f"""repo1-type=s3
repo1-path=/postgresql
repo1-s3-bucket={BUCKET}
repo1-s3-endpoint=127.0.0.1
repo1-storage-port={self.port}
repo1-storage-ca-file={self.ca}
repo1-s3-uri-style=path
repo1-s3-region=here
repo1-s3-key=a
repo1-s3-key-secret=b
"""


@contextmanager
def serving(folder, ports):
    """A ``Store`` with an empty bucket while the context lasts.

    :param ports: two free ones
    """
    outer, inner = ports
    certificate = ["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "2"]
    certificate += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    certificate += ["-keyout", folder / "store.key", "-out", folder / "store.crt"]
    subprocess.run(certificate, check=True, capture_output=True)
    (folder / "nginx.conf").write_text(NGINX.format(folder, outer, inner))
    moto = ["/usr/bin/python3", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(inner)]
    front = ["nginx", "-e", folder / "nginx.log", "-c", folder / "nginx.conf", "-g", "daemon off;"]
    with (folder / "moto.log").open("wb") as log:
        processes = [
            subprocess.Popen(args, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            for args in (moto, front)
        ]
    try:
        _make_bucket(f"http://127.0.0.1:{inner}/{BUCKET}")
        yield Store(outer, folder / "store.crt")
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def _make_bucket(url):
    for _attempt in range(300):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method="PUT"), timeout=10):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError("the store did not start")
