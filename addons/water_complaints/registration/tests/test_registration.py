from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.water_service_desk.intake.filing import FilingError

from ...complaint.tests import acts
from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestRegister(ComplaintCommon):
    """A complaint is registered, read back, for another person, or anonymous (S3.2.1)."""

    def _event(self, case, kind):
        return case.event_ids.filtered(lambda row: row.kind == kind).sorted("id")[-1:]

    # -- the customer's own words ------------------------------------------------------------

    def test_verbatim_is_never_edited(self):
        """After the first save it is unchangeable for every role and method."""
        case = self._complaint(verbatim="你们的人没来就说我用了38方!")
        for login in ("agent", "supervisor", "manager", "su"):
            for values in ({"verbatim": "水表估抄"}, {"verbatim": False}):
                with (
                    self.subTest(login=login, values=values),
                    self.assertRefused("own words are never edited", case),
                ):
                    self._as(login, case).write(values)
        case.invalidate_recordset()
        self.assertEqual(case.verbatim, "你们的人没来就说我用了38方!")

    # -- reading back ------------------------------------------------------------------------

    def test_spoken_chinese(self):
        """Name, masked number, address, when, matter, demand and promise, as they are spoken."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        case = self._complaint()
        text = case._spoken_summary()
        place, times = "东城路8号2单元301", ("2026年3月11日", "2026年3月18日")
        for words in ("您是张伟", "5678", place, *times, "估的", "按实际水量重新计费", "对吗"):
            with self.subTest(words=words):
                self.assertIn(words, text)
        self.assertNotIn("1381234", text)

    def test_readback_is_kept(self):
        """Read-back text, way and corrections are stored, and closed to others."""
        case = self._complaint()
        acts.readback(self._as("agent", case), "是302室")
        self.assertEqual((case.readback_mode, case.readback_correction), ("spoken", "是302室"))
        self.assertIn("ends in 5678", case.readback_text)
        self.assertEqual(
            self._event(case, "readback").payload, {"mode": "spoken", "correction": "是302室"}
        )
        self._dispatch(case)
        with self.assertRaises(AccessError):
            self._as("department", case).read(["readback_text"])

    def test_dispatch_waits_for_it(self):
        case = self._complaint()
        with self.assertRaisesRegex(UserError, "read the matter back"):
            self._dispatch(case)
        self.assertFalse(case.dispatch_ids)

    def test_anonymous_and_reachable_is_read_back(self):
        for reach in ({"phone": "13700001111"}, {"email_from": "nobody@example.com"}):
            case = self._complaint(is_anonymous=True, **reach)
            with self.subTest(reach), self.assertRaisesRegex(UserError, "read the matter back"):
                self._dispatch(case)
            self.assertEqual((case.state, case.readback_mode), ("registered", False))
            self.assertFalse(case.dispatch_ids)
            acts.readback(self._as("agent", case))
            self._dispatch(case)
            self.assertEqual((case.state, case.readback_mode), ("dispatched", "spoken"))

    def test_not_applicable(self):
        """Letters, orders of 12345 and people who cannot be reached: the chain says why."""
        order = {"channel_id": self._channel("hotline12345").id, "external_source": "12345"}
        lang = self.company.partner_id.lang
        letter = self._channel("letter").with_context(lang=lang).name
        for values, words in (
            ({"channel_id": self._channel("letter").id}, letter),
            ({**order, "external_ref": "12345-1"}, "12345"),
            ({"is_anonymous": True}, ""),
        ):
            case = self._complaint(**values)
            self._dispatch(case)
            with self.subTest(values=values):
                self.assertEqual(case.readback_mode, "waived")
                self.assertIn(words, self._event(case, "readback_waived").payload["reason"])
                self.assertWhole(case)
        spoken = self._complaint_at("dispatched")
        self.assertNotIn("readback_waived", self._kinds(spoken))

    # -- on behalf of somebody else ----------------------------------------------------------

    def test_representative(self):
        """Name, relation and authority are required before the read-back."""
        case = self._complaint(is_represented=True)
        with self.assertRaisesRegex(UserError, "Representative Name.*Relation.*Proof"):
            acts.readback(self._as("agent", case))
        facts = {"representative_name": "张小伟", "representative_relation": "儿子"}
        self._as("agent", case).write({**facts, "representative_authority": "授权书照片"})
        acts.readback(self._as("agent", case))
        self.assertIn("张小伟", case.readback_text)
        with self.assertRaises(ValidationError):
            case.is_anonymous = True

    def test_representative_leaves_masked(self):
        """A list export names the representative like the customer."""
        case = self._complaint(is_represented=True, representative_name="赵大海")
        facts = {"representative_relation": "儿子", "representative_authority": "赵大海的委托书"}
        self._as("agent", case).write(facts)
        acts.readback(self._as("agent", case))
        self.assertIn("赵大海", case.readback_text)
        columns = ["representative_name", "representative_authority", "readback_text"]
        for login, is_plain in (("agent", False), ("quality", False), ("manager", True)):
            self.users[login].group_ids += self.env.ref("base.group_allow_export")
            self.env.flush_all()
            with self.subTest(login), self.enter_registry_test_mode():
                told = str(self._as(login, case).export_data(columns)["datas"])
                for secret in ("赵大海", "张伟"):
                    self.assertIs(secret in told, is_plain)

    def test_representative_reads_when_allowed(self):
        """The customer's pages show it only with consent."""
        facts = {"representative_name": "x", "representative_relation": "x"}
        case = self._complaint(
            is_represented=True,
            representative_id=self.customer2.id,
            representative_authority="x",
            **facts,
        )
        seen = self._as("portal2", self.env["water.complaint"])
        self.assertFalse(seen._portal_find(case.id))
        case.representative_may_read = True
        self.assertTrue(seen._portal_find(case.id))
        case.is_represented = False
        self.assertFalse(seen._portal_find(case.id))

    def test_representative_is_told(self):
        """The notice proposes whom the customer has named."""
        case = self._complaint_at("handling")
        dialogs = self.env["water.notice.wizard"].with_context(
            active_model=case._name, active_ids=case.ids
        )
        self.assertEqual(Form(dialogs).told_to, "张伟")
        case.write({"is_represented": True, "representative_name": "张小伟"})
        self.assertEqual(Form(dialogs).told_to, "张小伟")
        case.representative_is_told = False
        self.assertEqual(Form(dialogs).told_to, "张伟")

    # -- without a name ----------------------------------------------------------------------

    def test_anonymous_has_no_person(self):
        """Identifying data is removed; the place stays."""
        account = self.env["water.account"].create(
            {"code": "T-9", "partner_id": self.customer.id, "address": "南湖路1号"}
        )
        case = self._complaint(
            is_anonymous=True, account_id=account.id, address=False, contact_name="张伟"
        )
        named = ("partner_id", "account_id", "contact_name", "phone", "email_from")
        self.assertEqual([name for name in named if case[name]], [])
        self.assertEqual(case.address, "南湖路1号")
        with self.assertRaises(ValidationError):
            case.partner_id = self.customer

    def test_query_code(self):
        """Shown once, stored as a hash, accepted in any format."""
        case = self._complaint(is_anonymous=True)
        code = self._as("agent", case)._issue_query_code()
        self.assertRegex(code, r"^[2-9A-Z]{5}-[2-9A-Z]{5}$")
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM water_complaint WHERE id = %s", [case.id])
        row = repr(self.env.cr.fetchall())
        self.assertNotIn(code, row)
        self.assertNotIn(code.replace("-", ""), row)
        find = self.env["water.complaint"]._find_by_query_code
        for typed in (code, code.lower(), code.replace("-", " "), f" {code} "):
            self.assertEqual(find(case.name.lower(), typed), case)
        other = self._complaint(is_anonymous=True)
        for number, typed in (
            (case.name, "7KQ2-M9XA-4TRB"),
            (case.name, ""),
            (case.name, None),
            (other.name, code),
            ("TS-nothing", code),
            ("", ""),
            (None, None),
            ({}, []),
        ):
            with self.subTest(number=number, typed=typed):
                self.assertFalse(find(number, typed))
        fresh = self._as("agent", case)._issue_query_code()
        self.assertFalse(find(case.name, code))
        self.assertEqual(find(case.name, fresh), case)
        self.assertEqual(self._kinds(case).count("query_code_issued"), 2)
        self.assertWhole(case)

    def test_query_code_is_the_desk_s(self):
        """Departments cannot issue one, and the hash is not readable."""
        case = self._complaint_at("dispatched")
        for login in ("department", "quality", "plain"):
            with (
                self.subTest(login=login),
                self.assertRefused("Only the service desk issues|not allowed to modify", case),
            ):
                self._as(login, case).action_issue_code()
        self._as("agent", case)._issue_query_code()
        with self.assertRaises(AccessError):
            self._as("manager", case).read(["query_code_hash"])
        action = self._as("agent", case).action_issue_code()
        self.assertRegex(action["params"]["message"], r"[2-9A-Z]{5}-[2-9A-Z]{5}")

    def test_filed_without_a_name(self):
        """From the website: no partner, no telephone needed, and no account number taken."""
        web = self._channel("web")
        values = {
            "is_anonymous": "1",
            "category_id": str(self._category("st01").id),
            "description": "3号窗口的人态度很差",
            "occurred_at": "2026-03-10T09:00",
            "demand": "要求道歉",
            "address": "营业厅",
        }
        complaints, nobody = self.env["water.complaint"], self.env["res.partner"]
        case = complaints._file_case(values, (), nobody, web)
        self.assertTrue(case.is_anonymous and case.is_confidential)
        self.assertFalse(case.partner_id or case.contact_name or case.phone)
        with self.assertRaises(FilingError) as caught:
            complaints._file_case({**values, "is_anonymous": ""}, (), nobody, web)
        self.assertEqual(set(caught.exception.errors), {"contact_name", "phone"})
