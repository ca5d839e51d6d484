"""Time stamps by a real authority: openssl, behind a server on localhost."""

import base64
import subprocess
from pathlib import Path
from tempfile import mkdtemp

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...base.tests.common import WaterCommon
from ...messaging.models.water_gateway import ALLOWED_KEY
from ...messaging.tests.gateway_server import gateway_server
from .. import time_stamp
from ..models import water_anchor as keeping

SETTINGS = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
[req]
distinguished_name = name
[name]
[ext]
extendedKeyUsage = critical,timeStamping
"""
LOG = "odoo.addons.water_service_desk.anchor.models.water_anchor"


@tagged("post_install", "-at_install")
class TestTimeStamp(WaterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = Path(mkdtemp())
        cls.addClassCleanup(lambda: subprocess.run(["rm", "-r", cls.folder], check=False))
        (cls.folder / "tsa.conf").write_text(SETTINGS.format(folder=cls.folder))
        cls._openssl(
            "req -x509 -newkey rsa:2048 -nodes -subj /CN=tsa -days 2 -extensions ext"
            " -config tsa.conf -keyout key.pem -out tsa.pem"
        )
        server = gateway_server()
        cls.authority = server.__enter__()
        cls.addClassCleanup(server.__exit__, None, None, None)
        parameters = cls.env["ir.config_parameter"]
        parameters.set_param(ALLOWED_KEY, "127.0.0.1")
        parameters.set_param(keeping.AUTHORITY, cls.authority.url)
        parameters.set_param(keeping.MAIL, False)
        cls.env["water.inquiry"].create(cls._inquiry_values())
        cls.anchor = cls.env["water.anchor"]._draw()

    @classmethod
    def _openssl(cls, line):
        command = ["openssl", *line.split()]
        done = subprocess.run(
            command, cwd=cls.folder, capture_output=True, text=True, timeout=60, check=False
        )
        cls.assertFalse(cls, done.returncode, done.stderr)
        return done.stdout

    def _stamped(self, handler):
        (self.folder / "query.tsq").write_bytes(self.authority.requests[-1]["raw"])
        self._openssl("ts -reply -config tsa.conf -queryfile query.tsq -out reply.tsr")
        handler._answer(200, (self.folder / "reply.tsr").read_bytes())

    def test_stamp(self):
        """Openssl accepts the stored stamp of the anchor's digest."""
        self.authority.answer(self._stamped)
        self.env["water.anchor"]._keep_all()
        self.assertTrue(self.anchor.kept_at, self.anchor.fault)
        (self.folder / "kept.tsr").write_bytes(base64.b64decode(self.anchor.stamp))
        line = "ts -verify -digest %s -in kept.tsr -CAfile tsa.pem"
        self.assertIn("OK", self._openssl(line % self.anchor.digest))
        self.assertEqual(self.authority.requests[-1]["headers"]["Content-Type"], time_stamp.ASKS)

    def test_other_answers(self):
        """An older stamp, one of other data, and invalid ones are refused."""
        self.authority.answer(self._stamped)
        self.env["water.anchor"]._keep_all()
        old = base64.b64decode(self.anchor.stamp)
        for content in (old, b"", b"no", old[:200], old[::-1]):
            other = self.env["water.anchor"]._draw()
            self.authority.answer((200, content))
            with self.subTest(content[:8]), mute_logger(LOG):
                self.env["water.anchor"]._keep_all()
                self.assertFalse(other.stamp)
                self.assertIn("no time stamp", other.fault)

    def test_customer_not_at_home(self):
        self.env["ir.config_parameter"].set_param(ALLOWED_KEY, False)
        with mute_logger(LOG):
            self.env["water.anchor"]._keep_all()
        self.assertIn("internal", self.anchor.fault)
        self.assertFalse(self.anchor.kept_at)
