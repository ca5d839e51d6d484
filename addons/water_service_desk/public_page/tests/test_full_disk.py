"""On a full disk no one is told that a case was received."""

import errno
import os
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...intake.tests import upload_samples as samples
from .common import PublicCase

STORE = "odoo.addons.water_service_desk.base.models.ir_attachment"
OUTAGE = "odoo.addons.water_service_desk.availability.outage"


@tagged("post_install", "-at_install")
class TestFullDisk(PublicCase):
    def test_a_photo_that_cannot_be_kept(self):
        """503, with the hotline; when there is room again the same form goes through."""
        files, before = (
            [("photo.png", samples.PNG)],
            self.env["water.filing.draft"].search_count([]),
        )
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with (
            patch.object(type(self.env["ir.attachment"]), "_file_write", side_effect=full),
            self.assertLogs(OUTAGE, "ERROR"),
            mute_logger("odoo.http"),
        ):
            answer = self.check(files=files)
        self.assertStatus(answer, 503)
        self.assertEqual(answer.headers["Retry-After"], "5")
        self.assertIn("尚未收到", answer.text)
        self.assertIn("96510", answer.text)
        self.env.invalidate_all()
        self.assertEqual(self.env["water.filing.draft"].search_count([]), before)
        case, _number, _code = self.file(files=files)
        self.assertEqual(len(case.published_attachment_ids), 1)

    def test_a_photo_that_cannot_be_read_now(self):
        """Stored with the unfiled form: that was acknowledged."""
        draft = self.draft_of(self.check(files=[("photo.png", samples.PNG)]))
        full = OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        with (
            patch(f"{STORE}.open", side_effect=full, create=True),
            self.assertLogs(OUTAGE, "ERROR"),
            mute_logger("odoo.http"),
        ):
            self.assertStatus(self.send(draft), 503)
        self.assertLocation(self.send(draft), "/done")
