"""Archived complaints with papers, and their sealed files."""

from odoo import fields
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW, speak_chinese

from ...complaint.tests.common import ComplaintCommon
from ...notice.tests.common import wkhtml
from .. import sealed_file

PHOTO = b"\x89PNG\r\n\x1a\n" + b"0" * 300


@freeze_time(NOW)
class ArchiveCommon(ComplaintCommon):
    """Builds archived complaints and seals them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(wkhtml("install"))
        speak_chinese(cls.env, "water_complaints")
        cls.users["privacy"] = cls._new_user("privacy", "water_service_desk.group_privacy")
        cls.users["privacy2"] = cls._new_user("privacy2", "water_service_desk.group_privacy")

    def _paper(self, case, name="现场 照片/1.png", content=PHOTO):
        return case.env["ir.attachment"].create(
            {"name": name, "raw": content, "res_model": case._name, "res_id": case.id}
        )

    def _archived(self, **values):
        """A complaint with a file and a note that has gone the whole way."""
        case = self._complaint_at("handling", **values)
        self._paper(case)
        self._as("agent", case).message_post(body="已电话告知客户")
        for step in ("notified", "confirmed", "callback", "archived"):
            getattr(self, f"_step_{step}")(case, "agent", self.net)
            case.invalidate_recordset()
        self.assertEqual(case.state, "archived")
        return case

    def _seal_all(self):
        """Run the scheduled action that seals."""
        with self.enter_registry_test_mode():
            self.env.ref("water_complaints.ir_cron_archive").method_direct_trigger()
        self.env.invalidate_all()

    def _sealed(self, case):
        self._seal_all()
        self.assertFalse(case.seal_error)
        archive = case.archive_ids[:1]
        return archive, archive.sudo()._content()

    def _faults(self, archives):
        """Faults of sealed files as lines, as shown by the button that verifies them."""
        params = archives.action_verify()["params"]
        return [] if params["type"] == "success" else params["message"].splitlines()

    def _members(self, content):
        return dict(sealed_file._unpack(content))

    def _later(self, years=5, days=1):
        moment = fields.Datetime.add(fields.Datetime.now(), years=years, days=days)
        return freeze_time(fields.Datetime.to_string(moment))
