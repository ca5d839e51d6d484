import io
import json
import zipfile

from odoo.tests import tagged

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.trust import trusted

from .meeting_common import MeetingCommon


@tagged("post_install", "-at_install")
class TestScenarioPapers(MeetingCommon):
    """Printed and exported data compared with the records."""

    def _account(self, code="P-7"):
        values = {"code": code, "partner_id": self.customer.id, "address": "东城路8号"}
        return self.env["water.account"].create(values)

    def _package(self, person):
        made = self.env["water.personal.package"].sudo()._make(person)[1]
        with zipfile.ZipFile(io.BytesIO(made)) as package:
            data = json.loads(package.read("data.json"))
        return {part["model"]: part["rows"] for part in data["sections"]}

    def test_the_next_holder_is_told_no_money_of_the_one_before(self):
        """Compensations of an account belong to their payee, no matter who holds it now."""
        account = self._account()
        case = self._complaint(account_id=account.id)
        money = {"account_id": account.id, "partner_id": self.customer.id, "reason": "错过上门"}
        self._compensation(case=case, **money)
        trusted(account).partner_id = self.customer2
        self.env.flush_all()
        self.assertEqual(len(self._package(self.customer)["water.compensation"]), 1)
        theirs = self._package(self.customer2)
        self.assertEqual([row["code"] for row in theirs["water.account"]], ["P-7"])
        self.assertNotIn("water.compensation", theirs)

    def test_he_is_given_what_he_asked_for_and_what_he_said_of_the_result(self):
        case = self._complaint_at("notified", demand="退还多收的 12 立方米")
        acts.confirm(self._as("agent", case), "oral", "2", "4", "水量还是不对")
        told = self._package(self.customer)["water.complaint"][0]
        self.assertEqual(told["demand"], "退还多收的 12 立方米")
        self.assertEqual(told["customer_remark"], "水量还是不对")
        self.assertEqual((told["satisfaction_result"], told["satisfaction_process"]), ("2", "4"))
