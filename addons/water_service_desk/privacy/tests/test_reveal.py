from contextlib import suppress
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import NOW, WaterCommon
from ...base.tests.doors import Sent

NAMES = ["contact_name", "phone"]


@tagged("post_install", "-at_install")
class TestReveal(WaterCommon):
    """Masked data is shown to who says why, for the look only, and it is kept (S2.2.4)."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()
        self.dispatch = self._dispatch(self.case)
        self._as("department", self.dispatch).action_accept()
        self.log = self.env["water.privacy.log"]
        self.newest = self.log.search([], limit=1).id or 0

    def _reveal(self, login="department", names=NAMES, reason="appointment", note=False):
        return self._as(login, self.case).reveal(names, reason, note)

    def _rows(self):
        return self.log.search([("kind", "=", "reveal"), ("id", ">", self.newest)])

    def test_note_of_remote_call_has_no_bidi_controls_or_null_bytes(self):
        case = Sent(self._as("department", self.case))
        for note in ("核对\u202e号码\x00", "核对号码"):
            self.assertTrue(case.reveal(["phone"], "other", note=note))
        self.assertEqual(self._rows().mapped("note"), ["核对号码"] * 2)

    def test_department_at_work(self):
        """The department calls the customer; log and case say who, when, what and why."""
        before = self.case.phone_masked
        shown = self._reveal(note="约明天上午")
        self.assertEqual(shown, {"contact_name": "张伟", "phone": "13812345678"})
        self.assertRecordValues(
            self._rows(),
            [
                {
                    "user_id": self.users["department"].id,
                    "inquiry_id": self.case.id,
                    "record_name": self.case.name,
                    "field_names": NAMES,
                    "reason": "appointment",
                    "note": "约明天上午",
                    "is_large": False,
                }
            ],
        )
        event = self.case.event_ids.sorted("id")[-1]
        self.assertEqual((event.kind, event.user_id), ("revealed", self.users["department"]))
        self.assertEqual(event.details, "Arrange or announce a visit · 约明天上午")
        self.assertWhole(self.case)
        self.assertEqual(self.case.phone_masked, before)
        with self.assertRaises(AccessError):
            self._as("department", self.case).read(["phone"])

    def test_log_names_no_data(self):
        """The log names the viewed records, not their content."""
        self._reveal()
        row = self._as("quality", self._rows())
        self.assertEqual(row.model_label, "Inquiry")
        self.assertIn("Phone", row.field_labels)
        self.assertNotIn("13812345678", str(row.read()))
        self.assertNotIn("张伟", str(row.read()))

    def test_met_by_the_work_itself(self):
        """From dispatch and visit the same, checked by the case."""
        mine = self._as("department", self.dispatch)
        self.assertTrue(mine.can_reveal)
        self.assertEqual(mine.reveal(["phone"], "question"), {"phone": "13812345678"})
        self.assertTrue(mine.reveal_reasons())

    def test_not_before_nor_after_the_work(self):
        """Neither while the dispatch waits, nor once it is finished, nor by another department."""
        waiting = self._inquiry()
        self._dispatch(waiting)
        mine = self._as("department", waiting)
        self.assertFalse(mine.can_reveal)
        with self.assertRaisesRegex(AccessError, "while the work is with your department"):
            mine.reveal(["phone"], "question")
        self.assertTrue(self._as("department", self.case).can_reveal)
        self._as("department", self.dispatch).result = "已处理"
        self._as("department", self.dispatch).action_finish()
        self.env.invalidate_all()
        for login in ("department", "department2", "plain"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._reveal(login)
        self.assertFalse(self._rows())

    def test_anonymous(self):
        """Anonymous customers are not revealed to departments."""
        self._as("agent", self.case).is_anonymous = True
        with self.assertRaises(AccessError):
            self._reveal()

    def test_reason(self):
        """No look without a reason that is known, in words where it is another."""
        for reason, note in ((False, False), ("x", "x"), ("other", False), ("other", " x ")):
            with self.subTest(reason=reason), self.assertRefused("why you need to see it"):
                self._reveal(reason=reason, note=note)
        self.assertTrue(self._reveal(reason="other", note="客户要求当面核对"))

    def test_only_what_can_be_revealed(self):
        """No other field comes out by this door."""
        for names in ([], ["verbatim"], ["event_head"], ["create_uid"], "phone_normalized"):
            with (
                self.subTest(names=names),
                self.assertRefused("No masked data to reveal here"),
            ):
                self._reveal(names=names)
        self.assertEqual(set(self._reveal(names=["phone", "verbatim"])), {"phone"})

    def test_limit(self):
        """At the limit supervisors are told, beyond it nothing is shown; possible again after an
        hour.
        """
        self.company.water_reveal_limit = 3
        for _look in range(2):
            self._reveal()
        self.assertFalse(self._told())
        self._reveal()
        self.assertTrue(self._rows()[:1].is_large)
        self.assertIn(self.users["supervisor"].partner_id, self._told())
        with self.assertRaisesRegex(AccessError, "3 customers within the hour"):
            self._reveal()
        self.assertTrue(self._reveal("agent"), "another person is not concerned")
        with freeze_time("2026-03-11 03:00:01"):
            self.assertTrue(self._reveal())

    def _told(self):
        subject = "has looked at the data of 3 customers"
        messages = self.env["mail.message"].sudo().search([("subject", "ilike", subject)])
        return messages.notified_partner_ids

    def test_no_limit(self):
        self.company.water_reveal_limit = 0
        for _look in range(25):
            self._reveal()
        self.assertEqual(len(self._rows()), 25)

    def test_finished_case(self):
        """A sealed chain takes no more events; the log has the look."""
        self._finish_lead(self.case)
        self._as("agent", self.case).write({"answer": "已答复"})
        self._as("agent", self.case).action_answer()
        self._as("agent", self.case).action_close()
        count = self.case.event_count
        self.assertTrue(self._reveal("quality"))
        self.assertEqual(self.case.event_count, count)
        self.assertEqual(len(self._rows()), 1)

    def test_log_cannot_be_written(self):
        """Neither by hand nor by a manager; it cannot be deleted."""
        self._reveal()
        row = self._rows()
        values = {"kind": "reveal", "model": "x", "user_id": self.env.uid}
        for call in (
            lambda: self._as("manager", row).write({"note": "x"}),
            lambda: self._as("manager", row).unlink(),
            lambda: self._as("manager", self.log).create(values),
            lambda: row.write({"note": "x"}),
            lambda: row.unlink(),
            lambda: row.with_context(water_trusted=True).write({"note": "x"}),
        ):
            with self.assertRaises(AccessError):
                call()
        for login in ("agent", "department", "plain"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, row).read(["note"])

    # -- identity numbers ---------------------------------------------------------------------

    def _account(self, number="11010519491231002X"):
        values = {"code": "30001", "partner_id": self.customer.id, "address": "东城路8号"}
        accounts = self._as("agent", self.env["water.account"])
        return accounts.create({**values, "identity_masked": number})

    def test_identity_number(self):
        """Typed once, stored, masked, shown with a reason."""
        account = self._account("110105 19491231 002x")
        account.invalidate_recordset()
        self.assertEqual(account.identity_masked, "110*************2X")
        self.assertEqual(account.sudo().identity_number, "11010519491231002X")
        for login in ("agent", "quality", "manager"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, account).read(["identity_number"])
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, account).search([("identity_number", "=like", "110%")])
        shown = account.reveal(["identity_number"], "identity")
        self.assertEqual(shown, {"identity_number": "11010519491231002X"})
        self.assertEqual(self._rows().account_id, account)

    def test_identity_number_is_corrected(self):
        """A mask sent back by a form changes nothing; an invalid number is refused."""
        account = self._account()
        account.write({"identity_masked": account.identity_masked})
        self.assertEqual(account.sudo().identity_number, "11010519491231002X")
        for wrong in ("110105194912310021", "110****02X"):
            with self.subTest(wrong=wrong), self.assertRaisesRegex(UserError, "mistyped"):
                account.write({"identity_masked": wrong})
        account.write({"identity_masked": "E12345678"})
        self.assertEqual(account.sudo().identity_number, "E12345678")

    def test_integration_reveals_nothing(self):
        """A machine has no reason of its own."""
        inquiry = self._inquiry("integration")
        with self.assertRaises(AccessError):
            self._as("integration", inquiry).reveal(["phone"], "question")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestExport(WaterCommon):
    """Exports are kept before anything leaves, and personal data leaves masked (S2.2.4)."""

    COLUMNS = (
        "name",
        "contact_name",
        "phone",
        "partner_id",
        "partner_id/phone",
        "category_id/name",
    )

    def setUp(self):
        super().setUp()
        self.cases = self._inquiry() | self._inquiry(partner_id=self.customer2.id)
        allow = self.env.ref("base.group_allow_export")
        for login in ("agent", "quality", "manager", "department"):
            self.users[login].group_ids += allow
        self.env.flush_all()

    def _export(self, login, records=None, columns=COLUMNS):
        records = self.cases if records is None else records
        with self.enter_registry_test_mode():
            return self._as(login, records).export_data(list(columns))["datas"]

    def _row(self):
        return self.env["water.privacy.log"].search([("kind", "in", ("export", "read"))], limit=1)

    def test_masked(self):
        """An agent takes out masks; other data comes unmasked."""
        rows = self._export("agent")
        first = self.cases[:1]
        self.assertEqual(
            rows[0],
            [first.name, "张*", "138****5678", "张*", "138****5678", first.category_id.name],
        )
        self.assertEqual(len(rows), 2)

    def test_kept(self):
        """User, record, fields and number."""
        self._export("agent")
        self.assertRecordValues(
            self._row(),
            [
                {
                    "kind": "export",
                    "model": "water.inquiry",
                    "user_id": self.users["agent"].id,
                    "field_names": list(self.COLUMNS),
                    "row_count": 2,
                    "is_masked": True,
                    "is_large": False,
                }
            ],
        )

    def test_privacy_officer(self):
        """Users with the right can export plain data, which is logged."""
        self.assertEqual(self._export("manager")[0][2], "13812345678")
        self.assertFalse(self._row().is_masked)

    def test_contacts_and_accounts(self):
        """The other doors to the same data: contacts, accounts, and paths from other records."""
        self.assertEqual(
            self._export("agent", self.customer, ["name", "phone", "id"])[0][:2],
            ["张*", "138****5678"],
        )
        account = self.env["water.account"].create(
            {"code": "30002", "partner_id": self.customer.id, "address": "东城路8号2单元"}
        )
        columns = ["code", "address", "partner_id/name", "display_name"]
        self.assertEqual(
            self._export("agent", account, columns)[0],
            ["30002", "东城路***", "张*", "30002 东城路***"],
        )
        self.cases[:1].account_id = account
        dispatch = self._dispatch(self.cases[:1])
        columns = ["inquiry_id/phone", "inquiry_id/account_id", "inquiry_id/partner_id/email"]
        self.assertEqual(
            self._export("agent", dispatch, columns)[0][:2], ["138****5678", "30002 东城路***"]
        )

    def test_every_label_of_a_customer(self):
        """No stored path from a case to a contact comes out plain."""
        mine = self._as("agent", self.cases[:1])
        for name, field in self.cases._fields.items():
            if field.comodel_name == "res.partner" and field.type == "many2one" and field.store:
                self.assertTrue(self.env["water.export"]._mask(mine, name), name)
                self.assertTrue(self.env["water.export"]._mask(mine, f"{name}/display_name"), name)

    def test_large(self):
        """Above the limit quality is told at once, by name and number."""
        self.company.water_export_limit = 1
        self._export("agent")
        self.assertTrue(self._row().is_large)
        messages = self.env["mail.message"].sudo()
        told = messages.search([("subject", "ilike", "has taken out 2 records")])
        self.assertIn(self.users["quality"].partner_id, told.notified_partner_ids)

    def test_stays_when_the_export_fails(self):
        """The log has its own transaction, which is over before the first row is read."""
        broken = patch.object(type(self.cases), "_export_rows", side_effect=ValueError("full"))
        with self.enter_registry_test_mode(), broken:
            cursor = patch.object(self.registry, "cursor", wraps=self.registry.cursor)
            # assertRaises would take everything back that was written
            with cursor as opened, suppress(ValueError):
                self._as("agent", self.cases).export_data(["name"])
                self.fail("the export did not fail")
        opened.assert_called_once()
        self.assertEqual(self._row().row_count, 2)

    def test_refused(self):
        """Users without export or read access export nothing and are not listed."""
        self.users["quality"].group_ids -= self.env.ref("base.group_allow_export")
        for login in ("quality", "department"):
            with self.subTest(login=login), self.assertRefused("rights to export|top-secret"):
                self._export(login)
        self.assertFalse(self._row())

    def test_bulk_reading(self):
        """Remote reading of very many is kept when it holds personal data, a page is not."""
        self.company.water_export_limit = 100
        cases = self.env["water.inquiry"].create(
            [self._inquiry_values(subject=f"问题{index}") for index in range(101)]
        )
        mine = self._as("agent", cases)
        mine.read(["subject", "state"])
        mine[:80].read(["phone"])
        self.assertFalse(self._row())
        mine.search_read([("id", "in", cases.ids)], ["phone"])
        self.assertRecordValues(self._row(), [{"kind": "read", "row_count": 101, "is_large": True}])
