from odoo.tests import tagged

from ...base.tests.common import WaterCommon

NAME = "欧阳水清"


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
