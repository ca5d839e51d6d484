from odoo.fields import Command

from ...compensation_scheme.tests.common import SchemeCommon


class BillCommon(SchemeCommon):
    """Applications about bills of an account that the test keeps as ``account``."""

    def _refund(self, login="agent", **values):
        refund = self._as(login, self.env["water.meter.refund"]).create(
            {
                "account_id": self.account.id,
                "certificate_number": "JL-2026-118",
                "tested_by": "市计量院",
                "tested_on": "2026-02-20",
                "error_percent": 6.4,
                "period_from": "2025-09-01",
                "period_to": "2026-01-31",
                "billed_volume": 186,
                "water_price": 3.1,
                **values,
            }
        )
        file = self.env["ir.attachment"].create({"name": "检定证书.pdf", "raw": b"x"})
        refund.with_env(self.env).proof_ids = file
        return refund

    def _application(self, login="agent", **values):
        application = self._as(login, self.env["water.leak.allowance"]).create(
            {
                "account_id": self.account.id,
                "leak_place": "表后埋地管",
                "repaired_on": "2026-02-10",
                "repaired_by": "张师傅",
                "period_from": "2025-12-01",
                "period_to": "2026-02-01",
                "billed_volume": 96,
                "tier": "2",
                "water_price": 3.45,
                "waste_price": 1.4,
                "first_reading": 1820,
                "first_read_on": "2026-02-11",
                "second_reading": 1825,
                "second_read_on": "2026-02-25",
                "usage_ids": [
                    Command.create({"period": period, "volume": volume})
                    for period, volume in (("2023-12", 20), ("2024-12", 22), ("2025-01", 21))
                ],
                **values,
            }
        )
        file = self.env["ir.attachment"].create({"name": "维修发票.jpg", "raw": b"x"})
        application.with_env(self.env).proof_ids = file
        return application
