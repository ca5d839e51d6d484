"""Files reach the disk whole, before anybody is told that they were received."""

import os
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged


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
        self.assertTrue(first.startswith(f"{path}."), first)
        self.assertEqual(others, ["named", str(path.parent), str(path.parent.parent)])

    def test_what_a_loss_of_power_cut_short_is_brought_again(self):
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
