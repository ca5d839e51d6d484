import io
from unittest.mock import patch

from PIL import Image

from odoo.tests import freeze_time, tagged

from odoo.addons.water_compensation.compensation.tests.common import CompensationCommon
from odoo.addons.water_service_desk.base.tests.common import NOW

#: Queries of filing a complaint with a photo, and of approving a compensation with its entry.
FILED, APPROVED = 68, 92


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestOnce(CompensationCommon):
    """Budgets of the two ways that many rooms take part in: each asks a thing once."""

    def _counted(self, work, **methods):
        """Return the queries of ``work``, and how often it calls methods of models.

        :param methods: name of the method → model
        """
        work()  # everything is warm
        self.env.flush_all()
        self.env.invalidate_all()
        calls = []
        for name, model in methods.items():
            cls = type(self.env[model])
            real = getattr(cls, name)

            def counted(rows, *args, name=name, real=real, **options):
                calls.append(name)
                return real(rows, *args, **options)

            self.enterContext(patch.object(cls, name, counted))
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, {name: calls.count(name) for name in methods}

    def _file(self):
        picture = io.BytesIO()
        Image.new("RGB", (64, 48), "navy").save(picture, "JPEG")
        picture.seek(0)
        filing = {
            "account_id": str(self.account.id),
            "category_id": str(self._complaint_values()["category_id"]),
            "description": "三楼以上没有水压",
            "demand": "尽快恢复",
            "occurred_at": "2026-03-10T08:00",
            "phone": "13812345678",
            "submission_key": f"once-{self.env['water.complaint'].search_count([])}",
            "confirmed": "1",
        }
        complaints = self._as("portal1", self.env["water.complaint"])
        case = complaints._portal_submit(filing, [("photo.jpg", picture)]).sudo()
        self.assertEqual(len(case.published_attachment_ids), 1)
        self.assertEqual(len(case.customer_message_ids), 1)
        self.assertTrue(case.readback_at)

    def test_filing_starts_clocks_and_reads_promises_once(self):
        """One batch of clocks; the promise is put into words for the mail and the read-back."""
        self.account = self.env["water.account"].create(
            {"code": "T-ONCE", "partner_id": self.customer.id, "address": "东城路8号"}
        )
        methods = {"create": "water.deadline", "_spoken_promises": "water.complaint"}
        queries, calls = self._counted(self._file, **methods)
        self.assertEqual(calls, {"create": 1, "_spoken_promises": 2})
        self.assertLessEqual(queries, FILED)

    def test_approving_finds_the_band_once(self):
        """The band that holds now decides."""
        rows = iter([self._proposed(amount=100 + number) for number in range(2)])
        methods = {"_fitting": "water.compensation.band"}
        queries, calls = self._counted(
            lambda: self._as("supervisor", next(rows)).action_approve(), **methods
        )
        self.assertEqual(calls, {"_fitting": 1})
        self.assertLessEqual(queries, APPROVED)
