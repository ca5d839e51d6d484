from odoo.exceptions import UserError
from odoo.tests import tagged

from ...base.tests.common import WaterCommon

NAME = "欧阳水清"
#: By the thread, the rule of the record, Odoo, or the customer's page.
REFUSED = "was erased|doesn't have 'write'|Only service agents|allowed to|security|moved on"


@tagged("post_install", "-at_install")
class TestErasureThreads(WaterCommon):
    """What is said beside the thread of a case forgets the customer as well (PIPL art. 47)."""

    def test_to_dos_and_threads_of_rows(self):
        """To-dos that are done, what colleagues wrote of a clock or call, and mails about them."""
        person = self.env["res.partner"].create({"name": NAME})
        case, user = self._inquiry(partner_id=person.id), self.users["agent"]
        to_do = case.activity_schedule(summary=f"联系{NAME}", note=NAME, user_id=user.id)
        to_do.action_feedback(f"{NAME}已答复")
        clock, author = case.deadline_ids[:1], user.partner_id.id
        said = {"model": clock._name, "res_id": clock.id, "body": f"{NAME}来过"}
        kinds = [{"message_type": kind, "author_id": author} for kind in ("comment", "email")]
        note, mail = self.env["mail.message"].create([{**said, **kind} for kind in kinds])
        work = self._as("agent", case)
        work.answer = "已答复"
        work.action_answer()
        work.action_close()
        case.sudo()._anonymise("本人要求")
        self.env.invalidate_all()
        self.assertTrue(to_do.exists() and note.exists())
        self.assertFalse(mail.exists())
        for name in ("summary", "note", "feedback"):
            self.assertTrue(to_do[name])
            self.assertNotIn(NAME, to_do[name])
        self.assertNotIn(NAME, note.body)
        self.assertIn("来过", note.body)

    def test_nothing_comes_back(self):
        """Where the customer was erased nobody enters him again: he would not be erased twice."""
        case = self._inquiry()
        self._as("agent", case).action_withdraw()
        case.sudo()._anonymise("本人要求")
        for login in ("agent", "supervisor", "quality", "manager"):
            for way, act in self._ways_back(login, case).items():
                with (
                    self.subTest(login=login, way=way),
                    self.assertRaisesRegex(UserError, REFUSED),
                    self.env.cr.savepoint(),
                ):
                    act()
                    self.env.flush_all()
            self.assertTrue(self._as(login, case).read(["subject"]))

    def _ways_back(self, login, case):
        """{way: what somebody does to enter a customer in a case}."""
        work, me = self._as(login, case), self.users[login]
        models = ("ir.attachment", "mail.message", "mail.scheduled.message", "mail.activity")
        files, messages, later, to_dos = (self._as(login, self.env[name]) for name in models)
        loose = files.create({"name": "x.txt", "raw": b"x"})
        here = {"res_model": case._name, "res_id": case.id}
        said = {"model": case._name, "res_id": case.id, "body": NAME}
        planned = {"scheduled_date": "2026-12-01 00:00:00", "author_id": me.partner_id.id}
        kind = {"res_model_id": self.env["ir.model"]._get(case._name).id, "res_id": case.id}
        to_do = {"summary": NAME, "user_id": me.id}
        return {
            "field": lambda: work.write({"phone": "13812345678"}),
            "customer": lambda: work.write({"partner_id": self.customer.id}),
            "note": lambda: work.message_post(body=NAME),
            "message": lambda: messages.create(said),
            "later": lambda: later.create({**said, **planned}),
            "to-do": lambda: work.activity_schedule(**to_do),
            "activity": lambda: to_dos.create({**kind, **to_do}),
            "file": lambda: files.create({"name": NAME, "raw": b"x", **here}),
            "linked": lambda: loose.write(here),
            "customer's page": lambda: work.sudo()._portal_do("unsettled", {"reason": NAME}),
        }
