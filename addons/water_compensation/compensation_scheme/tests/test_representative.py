from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.delegation.tests.common import HOLDER, LINA, DelegateCommon
from odoo.addons.water_service_desk.intake.filing import FilingError

from .common import SchemeCommon

SON = {
    "is_represented": True,
    "representative_name": "张小伟",
    "representative_relation": "儿子",
    "representative_authority": "授权委托书，身份证已核对",
}


@tagged("post_install", "-at_install")
class TestRepresentative(DelegateCommon, SchemeCommon):
    """Representatives are told; a delegate's complaint is filed on the holder's behalf."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.son = cls.env["res.partner"].create(
            {"name": "张小伟", "email": "son@delegate.example", "lang": "en_US"}
        )

    def _sent(self, record):
        domain = [("model", "=", record._name), ("res_id", "=", record.id)]
        return self.env["mail.mail"].sudo().search(domain, order="id")

    def _to(self, record):
        return self._sent(record).mapped("email_to")

    def _result(self, case):
        values = self._notice_values(mode="written", told_to=False, way="mail")
        return self._as("agent", self.env["water.notice"])._send(self._as("agent", case), values)

    # -- representatives ----------------------------------------------------------------------

    def test_both(self):
        """Customer and representative each get their own greeting."""
        case = self._complaint(**SON, representative_id=self.son.id)
        self.assertEqual(set(self._to(case)), {HOLDER, self.son.email})
        copy = self._sent(case).filtered(lambda mail: mail.email_to == self.son.email)
        self.assertIn("Dear 张小伟 (for 张伟),", copy.body_html)
        self.assertIn("/water/track", copy.body_html)
        self.assertNotIn("/water/track/link", copy.body_html)  # no link to unreadable records
        case.representative_may_read = True
        self.assertNotIn("/my/complaints", copy.body_html)
        message = case.sudo().customer_message_ids.filtered(lambda m: m.partner_id == self.son)
        self.assertEqual(message.address, self.son.email)

    def test_alone(self):
        """As the customer wishes, the representative alone; letters reach both."""
        self.customer.water_tell_representative = "alone"
        case = self._complaint_at("handling", **SON, representative_id=self.son.id)
        self.assertEqual(self._to(case), [self.son.email])
        notice = self._result(case)
        self.assertEqual(set(self._to(notice)), {HOLDER, self.son.email})
        self.assertEqual(len(notice.sudo().customer_message_ids), 2)

    def test_alone_and_out_of_reach(self):
        """A preference that would leave both untold is ignored."""
        self.customer.water_tell_representative = "alone"
        self.son.write({"email": False, "phone": False})
        case = self._complaint(**SON, representative_id=self.son.id)
        self.assertEqual(self._to(case), [HOLDER])

    def test_not_lawful(self):
        """Without authority or contact on record, or against the box, the customer alone."""
        for values in (
            {**SON, "representative_authority": False, "representative_id": self.son.id},
            {**SON, "representative_id": False},
            {**SON, "representative_id": self.son.id, "representative_is_told": False},
            {**SON, "representative_id": self.son.id, "is_represented": False},
        ):
            with self.subTest(**values):
                self.assertEqual(self._to(self._complaint(**values)), [HOLDER])

    def test_his_own_wishes(self):
        """Opt-outs of the representative apply, except to letters."""
        self.son.write({"water_mute_progress": True})
        case = self._complaint_at("handling", **SON, representative_id=self.son.id)
        self.assertEqual(self._to(case), [HOLDER])
        self.assertEqual(set(self._to(self._result(case))), {HOLDER, self.son.email})

    def test_customer_without_address(self):
        self.customer.email = False
        case = self._complaint_at("handling", **SON, representative_id=self.son.id)
        notice = self._result(case)
        self.assertEqual((notice.email_to, self._to(notice)), (self.son.email, [self.son.email]))

    # -- delegates ----------------------------------------------------------------------------

    def _complain(self, **values):
        """``portal2`` files a complaint for the account of ``portal1``."""
        category = self._complaint_values()["category_id"]
        filing = {
            "account_id": str(self.account.id),
            "category_id": str(category),
            "description": "三楼以上水压低，早晚没有水。",
            "demand": "尽快恢复水压",
            "occurred_at": "2026-03-10T08:00",
            "phone": "13987654321",
            "submission_key": "k1",
            "confirmed": "1",
            **values,
        }
        return self._as("portal2", self.env["water.complaint"])._portal_submit(filing)

    def test_delegate_files(self):
        """The complaint is the holder's, by the authority of the delegation."""
        self.company.partner_id.lang = "en_US"
        with freeze_time(local("2026-03-11 00:30")):  # UTC has the day before
            row = self._named("files_cases")
        case = self._complain()
        self.assertEqual((case.partner_id, case.delegation_id), (self.customer, row))
        self.assertEqual((case.is_represented, case.representative_id), (True, self.customer2))
        self.assertIn(f"Delegation no. {row.id} of the account", case.representative_authority)
        self.assertIn("accepted on 2026-03-11", case.representative_authority)
        self.assertFalse(case.representative_may_read)  # the delegation decides, day by day
        self.assertEqual(set(self._to(case)), {HOLDER, LINA})
        self.assertEqual(self._seen("water.complaint"), case)
        self.assertWhole(case)
        row.with_user(self.users["portal1"]).sudo()._portal_do("revoke")
        self.assertFalse(self._seen("water.complaint"))
        self.assertFalse(case._additional_recipients())
        with self.assertRaises(FilingError):
            self._complain(submission_key="k2")

    def test_delicate(self):
        """Confidential, restricted and anonymous ones stay with the holder."""
        self._named()
        plain = self._complaint(account_id=self.account.id)
        self._complaint(account_id=self.account.id, is_confidential=True)
        self._complaint(is_anonymous=True, partner_id=False, address="东城路8号")
        self._complaint(account_id=self.account2.id)
        self.assertEqual(self._seen("water.complaint"), plain)
        mine = self._complain()
        mine.is_confidential = True
        self.assertEqual(self._seen("water.complaint"), plain | mine)

    def test_compensations(self):
        """Only cases of the account and the holder, if the delegate may see them."""
        row = self._named("sees_cases")
        mine = self._as("portal2", self.env["water.compensation"])
        shown = self._complaint(account_id=self.account.id)
        hidden = self._complaint(account_id=self.account.id, is_confidential=True)
        rows = self.env["water.compensation"]
        for number, case in enumerate((shown, hidden, self._complaint())):
            values = {"kind": "entitlement", "amount": 50, "reason": "错过上门时间"}
            values |= {"complaint_id": case.id, "partner_id": self.customer.id}
            values |= {"account_id": case.account_id.id, "origin_key": f"t:{number}"}
            rows |= rows._propose([values])
        self.assertEqual(len(rows), 3)
        self.assertEqual(self._as("portal1", self.env["water.compensation"])._portal_count(), 3)
        self.assertFalse(mine._portal_count())
        row._end("revoked", "revoked")
        self._named("sees_money")
        self.assertEqual(mine._portal_search().complaint_id, shown)

    # -- appointments cost nothing when the customer changes them -------------------------------

    def _visit(self, hours):
        case = self._complaint_at("dispatched", account_id=self.account.id)
        begin = self._later(hours=hours)
        visit = self._as("agent", case)._plan_visit(self.net, begin, self._later(hours=hours + 2))
        return visit.with_env(self.env)

    def _do(self, visit, action, login="portal1"):
        case = self._as(login, self.env["water.complaint"])._portal_find(visit.complaint_id.id)
        values = {"visit_id": str(visit.id), "reason": "不在家"}
        values["window"] = visit.sudo()._windows()[0][0].isoformat()
        case._portal_do(f"visit_{action}", values)

    def _owed(self, visit):
        return self.env["water.compensation"].search([("visit_id", "=", visit.id)])

    def test_customer_changes(self):
        """Moved, cancelled, or requested late and undecided: no compensation."""
        self._named("keeps_visits")
        moved, cancelled, asked, kept = (self._visit(hours) for hours in (48, 1, 5, 5))
        self._do(moved, "move", login="portal1")
        self._do(cancelled, "cancel")
        self._do(asked, "move")
        self._do(kept, "move")
        self._as("agent", kept).action_keep()
        self.assertEqual(moved.compensation_reason, "customer_moved")
        self.assertEqual(cancelled.compensation_reason, "customer_cancelled")
        with self._at(hours=8):
            self._sweep()
            acts.cancel_visit(self._as("agent", asked), "按客户要求", "company")
            self._sweep()
        self.assertFalse(self._owed(moved) | self._owed(cancelled) | self._owed(asked))
        self.assertEqual(asked.compensation_reason, "customer_cancelled")
        self.assertTrue(self._owed(kept))  # we had said that we come, and did not

    def _at(self, **span):
        return freeze_time(self._later(**span))

    def test_delegate_keeps_visits(self):
        """A delegate for appointments finds these, but not the case."""
        self._named("keeps_visits")
        visit = self._visit(48)
        mine = self._as("portal2", self.env["water.visit"])._portal_search()
        self.assertEqual(mine, visit)
        self.assertFalse(self._seen("water.complaint"))
        case = self._as("portal2", self.env["water.complaint"]).sudo().browse(visit.complaint_id.id)
        row = case._portal_visit_row(visit)
        self.assertEqual((row["case_url"], row["can_change"]), ("", True))
        case._portal_do("visit_confirm", {"visit_id": str(visit.id)})
        self.assertEqual(visit.confirmed_by, "customer")
        self.assertEqual(self._event_kinds()[-1], "acted")
