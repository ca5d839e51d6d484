from odoo.exceptions import UserError
from odoo.tests import tagged

from ...request.tests.common import RequestCommon
from ..versions import version_of


@tagged("post_install", "-at_install")
class TestSignOff(RequestCommon):
    """Texts of a rule go out exactly as signed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["water.sign.rule"]
        cls.rule = cls.rules.create({"name": "咨询答复", "what": "answer"})

    def _ask(self, case, login="agent"):
        self._as(login, case).action_ask_signature()
        self.env.invalidate_all()
        return self.env["water.sign.off"].search([], limit=1)

    def _written(self, text="阶梯一为 220 立方米。 ", **values):
        case = self._inquiry(**values)
        self._as("agent", case).answer = text
        return case

    def test_answer_waits_for_the_signature(self):
        case = self._written()
        work = self._as("agent", case)
        with self.assertRefused("have it signed first, by the rule “咨询答复”", case):
            work.action_answer_and_close()
        row = self._ask(case)
        self.assertEqual(row.signer_ids & self.users["supervisor"], self.users["supervisor"])
        with self.assertRefused("waits to be signed", case):
            work.action_answer_and_close()
        self.assertIn(f"{case.name}: to be signed by you", self._told("supervisor"))
        self._as("supervisor", row).action_approve()
        self.assertIn(f"{case.name}: signed", self._told("agent"))
        work.action_answer_and_close()
        self.assertEqual(case.state, "closed")
        self.assertEqual(case.answer.encode(), row.body.encode())
        self.assertEqual(row.version, version_of(False, case.answer))
        self.assertIn(case.answer.strip(), self._mails(case)[-1].body_html)
        self.assertWhole(case)

    def test_change_after_signing_asks_again(self):
        """One sign more is another version; put back, the signature holds again."""
        case = self._written()
        row = self._ask(case)
        self._as("supervisor", row).action_approve()
        text, work = case.answer, self._as("agent", case)
        work.answer = text + "。"
        with self.assertRefused("have it signed first", case):
            work.action_answer()
        work.answer = text
        self.assertFalse(case.signature_state)
        work.answer = text + "!"
        self._ask(case)
        self.assertEqual(row.state, "replaced")
        work.answer = text
        with self.assertRefused("have it signed first", case):
            work.action_answer()

    def test_not_by_who_wrote_it(self):
        """Authors and applicants cannot sign, in any role; others can."""
        case = self._written()
        self._as("supervisor", case).answer = "改了一句"
        row = self._ask(case)
        self.assertNotIn(self.users["supervisor"], row.signer_ids)
        for login in ("agent", "agent2", "quality"):
            with self.assertRaisesRegex(UserError, "You cannot sign|Only whom|not allowed"):
                self._as(login, row).action_approve()
        self._as("manager", row).action_approve()
        self.assertEqual(row.decided_by_id, self.users["manager"])
        with self.assertRaisesRegex(UserError, "decided already"):
            self._as("manager", row).action_approve()

    def test_deputy_and_person(self):
        self.rule.write({"signer": "person", "person_id": self.users["manager"].id})
        case = self._written()
        row = self._ask(case)
        with self.assertRaisesRegex(UserError, "Only whom the rule names"):
            self._as("supervisor", row).action_approve()
        self.rule.deputy_ids = self.users["supervisor"]
        row = self._ask(case)
        rows = self._as("supervisor", self.env["water.sign.off"])
        found = rows.search([("can_decide", "=", True)])
        self.assertEqual(found, row)
        self._as("supervisor", row).action_approve()
        self.assertEqual(row.state, "signed")

    def test_former_employees_are_not_awaited(self):
        """Asked for again, and signed by a present person."""
        self.rule.write({"signer": "person", "person_id": self.users["manager"].id})
        case = self._written()
        first = self._ask(case)
        self.users["manager"].active = False
        self.env.invalidate_all()
        self.assertTrue(self._as("agent", case).can_ask_signature)
        with self.assertRefused("have it signed first", case):
            self._as("agent", case).action_answer_and_close()
        self.rule.person_id = self.users["supervisor"]
        row = self._ask(case)
        self.assertEqual(first.state, "replaced")
        self._as("supervisor", row).action_approve()
        self._as("agent", case).action_answer_and_close()
        self.assertEqual(case.state, "closed")

    def test_refused_with_a_reason(self):
        case = self._written()
        row = self._ask(case)
        dialog = self._as("supervisor", row).action_refuse()
        refusals = self._as("supervisor", self.env["water.refusal.wizard"])
        refusals.with_context(**dialog["context"]).create({"reason": "语气不妥"}).action_refuse()
        self.assertEqual((row.state, row.refusal_reason), ("refused", "语气不妥"))
        self.assertIn("signature_refused", self._kinds(case))
        with self.assertRefused("have it signed first", case):
            self._as("agent", case).action_answer_and_close()

    def test_which_rule(self):
        """Set by category with its children, by severity and by channel."""
        rules, case = self.rules, self._written()
        for values, fits in (
            ({"category_ids": case.category_id.ids}, True),
            ({"category_ids": self._category("nc01").ids}, False),
            ({"severity": "urgent"}, False),
            ({"severity": "normal"}, True),
            ({"channel_ids": self._channel("hotline12345").ids}, False),
            ({"what": "letter"}, False),
            ({"active": False}, False),
        ):
            with self.subTest(values=values):
                before = {name: self.rule[name] for name in ("severity", "what", "active")}
                self.rule.write(values)
                self.assertEqual(bool(rules._rule_for(case, "answer")), fits)
                self.rule.write({**before, "category_ids": False, "channel_ids": False})

    def test_result_of_a_request(self):
        """The department reports; the case waits for the signature, then it is told."""
        self.rule.category_ids = self._category("lk03")
        case = self._repair()
        self._dispatch(case)
        self._finish_lead(case)
        self.assertEqual((case.state, case.result), ("processing", "已处理"))
        with self.assertRefused("have it signed first", case):
            self._as("agent", case).action_finish()
        self._as("supervisor", self._ask(case)).action_approve()
        self._as("agent", case).action_finish()
        self.assertEqual(case.state, "feedback")

    def test_answer_to_another_body(self):
        self.rule.write({"what": "order", "channel_ids": self._channel("hotline12345").ids})
        order = {"external_source": "12345", "external_ref": "9", "external_due_at": "2026-03-20"}
        case = self._inquiry(channel_id=self._channel("hotline12345").id, **order)
        about = {"active_model": case._name, "active_ids": case.ids, "default_kind": "answer"}
        dialogs = self._as("agent", self.env["water.external.wizard"]).with_context(**about)
        dialog = dialogs.create({"text": "已处理"})
        self.assertTrue(dialog.can_ask)
        with self.assertRefused("does not go out yet", case):
            dialog.action_save()
        dialog.action_ask_signature()
        self._as("supervisor", self.env["water.sign.off"].search([], limit=1)).action_approve()
        again = dialogs.create({})
        self.assertEqual((again.text, again.to_sign), ("已处理", False))
        again.action_save()
        self.assertEqual(case.external_answer, "已处理")

    def test_no_signature_after_end(self):
        """Withdrawn meanwhile: gone from the list, and both are told."""
        case = self._written()
        row = self._ask(case)
        self._as("agent", case).write({"state": "withdrawn"})
        self.assertEqual(
            (row.state, row.with_user(self.users["supervisor"]).can_decide), ("lapsed", 0)
        )
        self.assertIn(f"{case.name}: nothing left to sign", self._told("supervisor"))

    def test_kept_by_the_system(self):
        row = self._ask(self._written())
        for values in ({"body": "x"}, {"state": "signed"}, {"signer_ids": [(4, self.env.uid)]}):
            for login in ("agent", "supervisor", "manager"):
                with self.assertRaisesRegex(UserError, "kept by the system|not allowed"):
                    self._as(login, row).write(values)

    def _refused_moved(self, rule, before, after):
        """An answer needs the signature although the case was moved out of the rule.

        :param before: values of the case by which the rule fits
        :param after: values by which it does not
        """
        self.rule.write(rule)
        case = self._written(**before)
        work = self._as("agent", case)
        with self.assertRefused("have it signed first", case):
            work.action_answer()
        work.write(after)
        with self.assertRefused("have it signed first", case):
            work.action_answer()
        return case

    def test_case_moved_to_another_category_is_still_signed(self):
        grave, plain = self._category("wq01"), self._category("gn")
        rule = {"category_ids": grave.ids}
        case = self._refused_moved(rule, {"category_id": grave.id}, {"category_id": plain.id})
        self._as("supervisor", self._ask(case)).action_approve()
        self._as("agent", case).action_answer()
        self.assertEqual(case.state, "answered")

    def test_case_moved_to_another_channel_is_still_signed(self):
        other, phone = self._channel("counter"), self._channel("phone")
        rule = {"channel_ids": other.ids}
        self._refused_moved(rule, {"channel_id": other.id}, {"channel_id": phone.id})

    def test_case_with_lowered_severity_is_still_signed(self):
        after = {"severity": "normal", "triage_reason": "只是问价"}
        self._refused_moved({"severity": "urgent"}, {"severity": "urgent"}, after)

    def test_case_of_a_new_round_is_signed_by_its_own_facts(self):
        grave, plain = self._category("wq01"), self._category("gn")
        case = self._refused_moved(
            {"category_ids": grave.ids}, {"category_id": grave.id}, {"category_id": plain.id}
        )
        self._as("supervisor", self._ask(case)).action_approve()
        self._as("agent", case).action_answer()
        self._as("agent", case).action_reopen()
        self.assertFalse(self.rules._rule_for(case, "answer"))

    def test_signature_by_a_milder_rule_does_not_hold_for_a_stricter(self):
        grave = self._category("wq01")
        strict = {"name": "水质", "what": "answer", "signer": "manager", "sequence": 1}
        self.rules.create({**strict, "category_ids": grave.ids})
        case = self._written()
        self._as("supervisor", self._ask(case)).action_approve()
        work = self._as("agent", case)
        work.category_id = grave
        with self.assertRefused("have it signed first, by the rule “水质”", case):
            work.action_answer()
        self.assertTrue(work.can_ask_signature)
        work.category_id = self._category("gn")
        with self.assertRefused("by the rule “水质”", case):
            work.action_answer()
        self._as("manager", self._ask(case)).action_approve()
        work.action_answer()
