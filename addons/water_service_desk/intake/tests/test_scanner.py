"""A virus scanner is asked about files from outside: clamd's protocol, and clamd itself."""

import hashlib
import os
import shutil
import socket
import socketserver
import struct
import subprocess
import tempfile
import threading
import time
from ast import literal_eval
from io import BytesIO
from pathlib import Path

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ...base.tests.common import WaterCommon
from ...base.trust import trusted
from .. import scanner
from ..filing import FilingError
from ..models.water_upload_mixin import SCANNER, SILENT
from .upload_samples import PNG

LOG = "odoo.addons.water_service_desk.intake.models.water_upload_mixin"
FILES = "odoo.addons.water_service_desk.intake.models.ir_attachment"
CLAMD = shutil.which("clamd") or "/usr/sbin/clamd"


class _Talk(socketserver.StreamRequestHandler):
    """clamd's answer to INSTREAM; files with the word “virus” are infected."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > self.server.largest:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        is_bad = b"virus" in content or content == scanner.TEST
        self.wfile.write(
            self.server.answer or (b"stream: X FOUND\0" if is_bad else b"stream: OK\0")
        )


def serve(case):
    """A scanner on localhost until the test ends: (server, its address)."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk)
    server.daemon_threads, server.answer, server.largest = True, None, 1 << 20
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    case.addCleanup(thread.join)
    case.addCleanup(server.server_close)
    case.addCleanup(server.shutdown)
    return server, f"tcp:127.0.0.1:{server.server_address[1]}"


@tagged("post_install", "-at_install")
class TestScannerTalk(BaseCase):
    def setUp(self):
        super().setUp()
        self.server, self.address = serve(self)

    def _find(self, content):
        stream = BytesIO(content)
        found = scanner.find(self.address, stream)
        self.assertEqual(stream.tell(), 0)
        return found

    def test_verdicts(self):
        self.assertIsNone(self._find(b"x" * 200_000))
        self.assertIsNone(self._find(b""))
        self.assertEqual(self._find(b"a virus" * 30_000), "X")

    def test_no_verdict(self):
        """Neither yes nor no is no verdict, above all not clean."""
        for answer in (b"\xff\0", b"stream: OK? ERROR\0", b"UNKNOWN COMMAND\0"):
            self.server.answer = answer
            with self.subTest(answer), self.assertRaises(scanner.ScannerError):
                self._find(b"x")
        self.server.answer, self.server.largest = None, 10
        with self.assertRaises(scanner.ScannerError):
            self._find(b"x" * 300_000)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            for address in (f"tcp:127.0.0.1:{probe.getsockname()[1]}", "unix:/nowhere"):
                with self.assertRaises(scanner.ScannerError):
                    scanner.find(address, BytesIO(b"x"))

    def test_addresses(self):
        good = ("unix:/run/clamav/clamd.ctl", "tcp:scan.example:3310", "tcp:[::1]:3310")
        bad = ("", "unix:x", "tcp:host", "tcp:host:0", "tcp:host:99999", "http://host:3310")
        for text in good + bad:
            self.assertEqual(scanner.is_address(text), text in good, text)


@tagged("post_install", "-at_install")
class TestScannedFiles(WaterCommon):
    def setUp(self):
        super().setUp()
        self.server, address = serve(self)
        self.parameters = self.env["ir.config_parameter"]
        self.parameters.set_param(SCANNER, address)
        self.case = self.env["water.inquiry"].create(self._inquiry_values())

    def _file(self, more=b""):
        return [("照片.png", BytesIO(PNG + more))]

    def test_infected_is_refused(self):
        """At the form, and where it is kept."""
        with mute_logger(LOG):
            (fault,) = self.case._file_faults(self._file(b"virus"))
            self.assertIn("contains a virus", fault)
            with self.assertRaises(FilingError):
                self.case._store_files(self._file(b"virus"))
        self.assertEqual(self.case._file_faults(self._file()), [])
        self.assertFalse(self.case._store_files(self._file()).water_unscanned)

    def test_silent_scanner(self):
        """Refused by default; by setting taken and marked."""
        self.server.answer = b"ERROR\0"
        with mute_logger(LOG):
            (fault,) = self.case._file_faults(self._file())
            self.assertIn("cannot be checked", fault)
            with self.assertRaises(FilingError):
                self.case._store_files(self._file())
            self.parameters.set_param(SILENT, "accept")
            self.assertEqual(self.case._file_faults(self._file()), [])
            self.assertTrue(self.case._store_files(self._file()).water_unscanned)

    def _scan_again(self):
        cron = self.env.ref("water_service_desk.ir_cron_scan_again").sudo()
        with self.enter_registry_test_mode(), mute_logger(LOG, FILES):
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_seen_when_the_scanner_is_back(self):
        """Unchecked files are marked on the case; infected ones are closed afterwards."""
        self.parameters.set_param(SILENT, "accept")
        self.case.user_id = self.users["agent"]
        self.server.answer = b"ERROR\0"
        sound = [("说明.mp3", BytesIO(b"ID3 sound")), ("录音.mp3", BytesIO(b"ID3 virus"))]
        with mute_logger(LOG):
            files = self.case._store_files([*sound, ("长.mp3", BytesIO(b"ID3" + b"x" * 2000))])
        self.case._publish(files)
        mine = self._as("agent", self.case)
        self.assertIn("Not checked for viruses yet, open with care: ", mine.file_warning)
        self.assertIn("录音.mp3", mine.file_warning)
        self._scan_again()
        self.assertEqual(set(files.mapped("water_unscanned")), {True})
        self.server.answer, self.server.largest = None, 1000  # the third is never judged
        self._scan_again()
        self.assertEqual(files.mapped("water_unscanned"), [False, False, True])
        self.assertEqual(files.mapped("water_virus"), [False, "X", False])
        self.assertEqual(self.case.published_attachment_ids, files - files[1])
        self.assertRegex(mine.file_warning, "Holds a virus .*录音.mp3.*open with care: 长.mp3")
        with self.assertRaisesRegex(AccessError, "holds a virus"):
            files[1]._to_http_stream()
        told = self.env["mail.message"].search([("subject", "like", "holds a virus")])
        self.assertEqual(told.notified_partner_ids, self.users["agent"].partner_id)
        self.assertIn("file_hidden", self._kinds(self.case))
        listed = self.env.ref("water_service_desk.action_unscanned")
        self.assertEqual(
            self.env["ir.attachment"].search(literal_eval(listed.domain)) & files, files[1:]
        )

    def _infected(self):
        """A file that was taken while the scanner was silent, and judged when it was back."""
        self.parameters.set_param(SILENT, "accept")
        self.server.answer = b"ERROR\0"
        with mute_logger(LOG):
            file = self.case._store_files([("录音.mp3", BytesIO(b"ID3 virus"))])
        self.server.answer = None
        self._scan_again()
        self.assertTrue(file.water_virus)
        return file

    def test_infected_file_is_not_delivered(self):
        """By no method or user, for any storage; nor after removing the mark."""
        file = self._infected()
        for storage in ("file", "db"):
            self.parameters.set_param("ir_attachment.location", storage)
            file._migrate()
            self.env.invalidate_all()
            self.assertEqual(bool(file.store_fname), storage == "file")
            for login in ("agent", "supervisor", "manager", "admin"):
                user = self.users.get(login) or self.env.ref("base.user_admin")
                self._assert_closed(file.with_user(user), storage)
        self.assertEqual(trusted(file).raw, b"ID3 virus")

    def _assert_closed(self, file, storage):
        self.assertEqual(file.read(["name"])[0]["name"], "录音.mp3")  # what it is, is told
        here = [("id", "=", file.id)]
        ways = {
            "mark": lambda: file.write({"water_virus": False}),
            "copy": lambda: file.copy({"water_virus": False}),
            "read": lambda: file.read(["raw"]),
            "datas": lambda: file.search_read(here, ["datas"]),
            "web": lambda: file.web_read({"datas": {}}),
            "export": lambda: file.export_data(["datas"]),
            "sudo": lambda: file.sudo().raw,
            "stream": file._to_http_stream,
        }
        if storage == "db":
            ways["column"] = lambda: file.read(["db_datas"])
            ways["columns"] = lambda: file.export_data(["db_datas"])
        for name, way in ways.items():
            file.env.invalidate_all()
            with self.subTest(name, user=file.env.user.login, storage=storage):
                with self.assertRaisesRegex(UserError, "virus|rights to export"):
                    way()

    def test_a_virus_leaves_in_no_mail(self):
        """Attaching it to a message makes its mail fail."""
        file = self._infected()
        mail = self.env["mail.mail"].create(
            {"email_to": "x@example.com", "body_html": "x", "attachment_ids": [(6, 0, file.ids)]}
        )
        with self.assertRaisesRegex(AccessError, "virus"):
            mail._prepare_outgoing_list()

    def test_only_the_scanner_judges(self):
        self.parameters.set_param(SILENT, "accept")
        self.server.answer = b"ERROR\0"
        with mute_logger(LOG):
            file = self.case._store_files(self._file())
        for user in (self.users["agent"], self.env.ref("base.user_admin")):
            for mark in ({"water_unscanned": False}, {"water_virus": "x"}):
                with self.subTest(user.login, **mark), self.assertRaises(AccessError):
                    file.with_user(user).write(mark)

    def test_off(self):
        self.parameters.set_param(SCANNER, False)
        self.assertEqual(self.case._file_faults(self._file(b"virus")), [])

    def test_button(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.action_test_scanner()["params"]["type"], "success")
        for answer in (b"stream: OK\0", b"stream: X FOUND\0", b"?"):
            self.server.answer = answer
            with (
                self.subTest(answer),
                self.assertRefused("does not find the test virus|does not judge"),
            ):
                settings.action_test_scanner()
        with self.assertRefused("Only system administrators"):
            settings.with_user(self.users["manager"]).action_test_scanner()
        with self.assertRaises(ValidationError):
            self.env["res.config.settings"].create({"water_scanner": "localhost"})


#: In the long form, and wherever clamav-daemon of Debian is installed.
if os.environ.get("WATER_LONG") or os.path.exists(CLAMD):

    @tagged("post_install", "-at_install")
    class TestClamd(BaseCase):
        """The real scanner with a signature of our own, without downloads."""

        def test_clamd(self):
            folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
            folder.chmod(0o755)
            (folder / "db").mkdir()
            sample = b"water-service test sample, harmless"
            (folder / "db" / "own.ndb").write_text(f"Water.Test:0:*:{sample.hex()}\n")
            digest = hashlib.md5(scanner.TEST).hexdigest()
            (folder / "db" / "own.hdb").write_text(f"{digest}:{len(scanner.TEST)}:Eicar\n")
            settings = (
                f"LocalSocket {folder}/socket\nDatabaseDirectory {folder}/db\nForeground yes\n"
            )
            (folder / "clamd.conf").write_text(settings)
            command = [CLAMD, "-c", folder / "clamd.conf"]
            with open(folder / "log", "wb") as log:
                daemon = subprocess.Popen(command, stdout=log, stderr=log)
            self.addCleanup(daemon.wait)
            self.addCleanup(daemon.terminate)
            end = time.monotonic() + 60
            while not (folder / "socket").exists() and time.monotonic() < end:
                time.sleep(0.1)  # another process, not a clock of ours
            address = f"unix:{folder}/socket"
            self.assertIsNone(scanner.find(address, BytesIO(PNG)))
            found = scanner.find(address, BytesIO(PNG + sample))
            self.assertIn("Water.Test", found)
            self.assertIn("Eicar", scanner.find(address, BytesIO(scanner.TEST)))
