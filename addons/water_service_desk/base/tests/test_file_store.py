"""Files are on disk, complete, before they are acknowledged."""

import errno
import os
import time
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

STORE = "odoo.addons.water_service_desk.base.models.ir_attachment"


@tagged("post_install", "-at_install")
class TestFileStore(TransactionCase):
    def setUp(self):
        super().setUp()
        self.files = self.env["ir.attachment"].with_context(lang="en_US")
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "file")

    def _store(self, content):
        row = self.files.create({"name": "x", "raw": content})
        path = Path(self.files._full_path(row.store_fname))
        self.addCleanup(path.unlink, missing_ok=True)
        return row, path

    def test_power_may_fail_after_the_answer(self):
        """The bytes first, then the name, then the folders that hold it."""
        steps, sync, replace = [], os.fsync, os.replace

        def synced(handle):
            steps.append(os.readlink(f"/proc/self/fd/{handle}"))
            sync(handle)

        def replaced(draft, path):
            steps.append("named")
            replace(draft, path)

        with patch.object(os, "fsync", synced), patch.object(os, "replace", replaced):
            _row, path = self._store(os.urandom(50))
        first, *others = steps
        self.assertEqual(Path(first).parent, self._drafts())
        self.assertEqual(others, ["named", str(path.parent), str(path.parent.parent)])

    def _drafts(self):
        return Path(self.files._full_path("drafts"))

    def test_leftovers_of_killed_run_are_removed(self):
        """It is not referenced, and may be the photo of an erased person."""
        self._store(os.urandom(50))  # the folder is there
        left, fresh = (self._drafts() / f"left-{name}" for name in ("yesterday", "now"))
        for path in (left, fresh):
            path.write_bytes(b"half of a pho")
            self.addCleanup(path.unlink, missing_ok=True)
        long_ago = time.time() - 25 * 3600
        os.utime(left, (long_ago, long_ago))
        self.files._gc_drafts()
        self.assertFalse(left.exists())
        self.assertTrue(fresh.exists(), "somebody may be writing it")

    def test_unreadable_is_not_empty(self):
        """Storing and sealing check the bytes; a lost file is Odoo's matter."""
        row, path = self._store(os.urandom(50))
        row.invalidate_recordset()
        for number in (errno.EMFILE, errno.EIO, errno.ESTALE):
            with (
                patch(f"{STORE}.open", side_effect=OSError(number, "x"), create=True),
                self.assertRaises(OSError),
            ):
                row.raw  # noqa: B018  # reading it is tried
        path.unlink()
        row.invalidate_recordset()
        with mute_logger("odoo.addons.base.models.ir_attachment"):
            self.assertEqual(row.raw, b"")

    def test_a_page_goes_without_its_logo(self):
        picture = self.files.create(
            {
                "name": "logo_web",
                "raw": os.urandom(50),
                "res_model": "res.company",
                "res_field": "logo_web",
                "res_id": self.env.company.id,
            }
        )
        self.addCleanup(Path(self.files._full_path(picture.store_fname)).unlink, missing_ok=True)
        picture.invalidate_recordset()
        with patch(f"{STORE}.open", side_effect=OSError(errno.EIO, "x"), create=True):
            self.assertEqual(picture.raw, b"")

    def test_power_loss_is_recovered(self):
        content = os.urandom(50)
        _row, path = self._store(content)
        for rest in (content[:20], b"", bytes(50)):
            path.write_bytes(rest)
            row, _path = self._store(content)
            self.assertEqual(path.read_bytes(), content)
            self.assertEqual(row.raw, content)

    def test_two_contents_of_one_checksum_are_refused(self):
        """Another file of that name, which is whole, is never overwritten."""
        content = os.urandom(50)
        row, path = self._store(content)
        other = b"other bytes, of which somebody made the same checksum"
        with self.assertRaisesRegex(UserError, "collides"):
            self.files._get_path(other, row.checksum)
        self.assertEqual(path.read_bytes(), content)
