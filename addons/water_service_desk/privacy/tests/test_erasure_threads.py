import json
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import WaterCommon

NAME = "欧阳水清"
#: by the thread, the record rule, Odoo, or the customer's page
REFUSED = (
    "was erased|doesn't have 'write'|Only service agents|allowed to|security|moved on|is finished"
)


@tagged("post_install", "-at_install")
class TestErasureThreads(WaterCommon):
    """Messages beside the thread are erased too (PIPL art. 47)."""

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
        acts.erase(case.sudo(), "本人要求")
        self.env.invalidate_all()
        self.assertTrue(to_do.exists() and note.exists())
        self.assertFalse(mail.exists())
        for name in ("summary", "note", "feedback"):
            self.assertTrue(to_do[name])
            self.assertNotIn(NAME, to_do[name])
        self.assertNotIn(NAME, note.body)
        self.assertIn("来过", note.body)

    def test_browser_cache(self):
        """Nor is it told to absent people, or in another language."""
        person = self.env["res.partner"].create({"name": NAME})
        case, reader = self._inquiry(partner_id=person.id), self.users["agent2"]
        reader.notification_type = "inbox"
        work = self._as("agent", case)
        said = work.message_post(body=f"{NAME}来过", partner_ids=reader.partner_id.ids)
        languages = {"source_lang": "zh", "target_lang": "en", "body": f"{NAME} was here"}
        translated = self.env["mail.message.translation"].create(
            {"message_id": said.id, **languages}
        )
        self.env.cr.precommit.run()
        kept = [("message", "like", json.dumps(NAME)[1:-1].replace("\\", "\\\\"))]
        self.assertTrue(self.env["bus.bus"].search(kept))
        work.action_withdraw()
        acts.erase(case.sudo(), "本人要求")
        self.assertFalse(self.env["bus.bus"].search(kept))
        self.assertTrue(said.exists())
        self.assertFalse(translated.exists())

    def test_nothing_comes_back(self):
        """An erased customer cannot be entered again, since a second erasure would miss it."""
        case = self._inquiry()
        self._as("agent", case).action_withdraw()
        acts.erase(case.sudo(), "本人要求")
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

    def test_ended_at_a_machine_whose_clock_is_ahead(self):
        """Records without retention may go at once, with all their parts."""
        case = self._inquiry()
        self._as("agent", case).action_withdraw()
        with freeze_time(case.closed_at - timedelta(minutes=10)):
            self.assertFalse(acts.hindrances(case.sudo()))
            acts.erase(case.sudo(), "本人要求")
        self.assertTrue(case.erased_at)

    def test_nothing_is_taken_up_again(self):
        """Erased cases cannot be reopened."""
        case = self._inquiry()
        work = self._as("agent", case)
        work.answer = "已答复"
        work.action_answer_and_close()
        acts.erase(case.sudo(), "本人要求")
        for login in ("agent", "supervisor", "manager"):
            with self.assertRefused(REFUSED, case), self.env.cr.savepoint():
                self._as(login, case).action_reopen()

    def test_where_he_is_no_more_linked(self):
        """User defaults and own buttons are erased too."""
        person = self.env["res.partner"].create({"name": NAME})
        self.env["ir.default"].set("water.inquiry", "subject", f"{NAME}来电", user_id=True)
        default = self.env["ir.default"].search([("json_value", "ilike", NAME)])
        button = self.env["ir.embedded.actions"].create(
            {
                "name": NAME,
                "parent_action_id": self.env.ref("water_service_desk.action_inquiry").id,
                "parent_res_model": "water.inquiry",
                "action_id": self.env.ref("water_service_desk.action_request").id,
                "domain": f"[('contact_name', '=', '{NAME}')]",
            }
        )
        acts.erase(person.sudo(), "本人要求")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(default.json_value, '"***来电"')
        self.assertEqual((button.name, button.domain), ("***", "[('contact_name', '=', '***')]"))

    def _ways_back(self, login, case):
        """{way: how a user enters a customer in a case}."""
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

    def test_panel_has_no_other_members(self):
        """Followers, recipients and notices do not reveal the person."""
        person = self.env["res.partner"].create({"name": NAME, "email": "ou@customer.example"})
        case = self._inquiry(partner_id=person.id)
        work = self._as("agent", case)
        work.message_subscribe(person.ids)
        work.message_post(
            body="请补充材料",
            partner_ids=person.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        work.action_withdraw()
        self.env.flush_all()
        self.env["mail.mail"].search([("recipient_ids", "in", person.ids)]).state = "sent"
        self.assertEqual(set(self._beside(case, person)), {"followers", "readers", "told", "mails"})
        acts.erase(case.sudo(), "本人要求")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self._beside(case, person))
        self.assertTrue(case.message_ids.filtered(lambda row: "请补充材料" in row.body))

    def _beside(self, case, person):
        """{model: rows} that name the person beside the case, its thread or its rows."""
        found, messages = (
            {},
            self.env["mail.message"].search([("model", "=", case._name), ("res_id", "=", case.id)]),
        )
        followed = [("partner_id", "=", person.id)]
        rows = self.env["mail.followers"].search(followed)
        found["followers"] = rows.filtered(lambda row: row.res_model.startswith("water."))
        found["readers"] = messages.filtered(lambda row: person in row.partner_ids)
        told = [("res_partner_id", "=", person.id), ("mail_message_id", "in", messages.ids)]
        found["told"] = self.env["mail.notification"].search(told)
        mails = [("recipient_ids", "in", person.ids), ("mail_message_id", "in", messages.ids)]
        found["mails"] = self.env["mail.mail"].search(mails)
        return {name: rows for name, rows in found.items() if rows}
