from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ...base.tests.common import WaterCommon


@tagged("post_install", "-at_install")
class TestThread(WaterCommon):
    """The thread is append-only, and users post as themselves."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()
        self.mine = self._as("agent", self.case)
        self.said = self.mine.message_post(body="客户要求回电", message_type="comment")

    def test_nothing_said_is_altered(self):
        """Not by its author, a manager or an administrator, nor by Odoo's own editing."""
        before = self.said.sudo().read(["body", "author_id", "date"])
        admin = self.env.ref("base.user_admin")
        for user in (self.users["agent"], self.users["manager"], admin):
            said = self.said.with_user(user)
            for call in (
                lambda said=said: said.write({"body": "别的话"}),
                lambda said=said: said.write({"author_id": self.customer.id}),
                lambda said=said: said.write({"res_id": 0}),
                lambda said=said: said.sudo().write({"body": "别的话"}),
                said.unlink,
                lambda said=said: self.case.with_user(said.env.user)._message_update_content(
                    said, body=""
                ),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call()
        self.assertEqual(self.said.sudo().read(["body", "author_id", "date"]), before)

    def test_recipients_cannot_change(self):
        """Nor its recipients and addresses."""
        said = self._as("agent", self.case).message_post(
            body="x", partner_ids=self.users["agent2"].partner_id.ids
        )
        told = ("notified_partner_ids", "outgoing_email_to", "incoming_email_to")
        before = said.sudo().read(told)
        for login in ("agent", "manager"):
            for values in (
                {"notified_partner_ids": [(5,)]},
                {"notification_ids": [(5,)]},
                {"outgoing_email_to": "x@example.com"},
                {"incoming_email_to": "x@example.com"},
                {"incoming_email_cc": "x@example.com"},
                {"record_company_id": False},
            ):
                with self.subTest(values=values), self.assertRaises(AccessError):
                    self._as(login, said).write(values)
        self.assertEqual(said.sudo().read(told), before)

    def test_sent_message_cannot_change(self):
        """Nor mails about records without a thread, by their editors; nor notices, by their
        readers.
        """
        reader, clock = self.users["agent"], self.case.deadline_ids[:1]
        mine = {"author_id": reader.partner_id.id, "message_type": "email_outgoing", "body": "x"}
        mails = self.env["mail.message"].create({"model": clock._name, "res_id": clock.id, **mine})
        mails |= self.env["mail.thread"].message_notify(
            body="转办退回", subject="x", partner_ids=reader.partner_id.ids
        )
        for said in mails.with_user(reader):
            for values in ({"body": "别的话"}, {"author_id": self.customer.id}):
                with self.assertRaises(AccessError):
                    said.write(values)
            self.assertFalse(said.load([".id", "body"], [[str(said.id), "别的话"]])["ids"])
        mails[1].with_user(reader).set_message_done()

    def test_no_notice_of_closed_records(self):
        """Not by sending a notification, which names the record too."""
        self.case.category_id.restricted = True
        him, about = self.users["agent2"], {"model": self.case._name, "res_id": self.case.id}
        told, other = {"body": "x", "partner_ids": him.partner_id.ids}, self.users["supervisor"]
        mine, empty = self._as("supervisor", self.case), self.env["mail.thread"]
        for thread, way in ((mine, {}), (mine.browse(), about)):
            with self.subTest(way=way), self.assertRaisesRegex(AccessError, "may not see"):
                thread.message_notify(**told, **way)
        said = {"body": "x", "partner_ids": other.partner_id.ids, "reply_to": False}
        for thread in (self.case.browse(), empty):
            with self.subTest(thread), self.assertRaises(AccessError):
                self._as("agent2", thread).message_notify(**said, **about)
        self.assertTrue(mine.browse().message_notify(**said, **about))

    def test_a_mail_to_readers_goes_out(self):
        """A message without subject gets the name of the case, and nothing else changes."""
        reader = self.users["agent2"].partner_id
        said = self.mine.message_post(
            body="请看", message_type="comment", partner_ids=reader.ids
        ).sudo()
        self.assertEqual(said.mail_ids.recipient_ids, reader)
        self.assertIn(self.case.name, said.subject)
        said.mail_ids.message_id = "<number-of-the-mail-server@example.com>"
        named = said.subject
        for values in ({"subject": "别的"}, {"subject": False}, {"subject": named, "body": "x"}):
            with self.subTest(values), self.assertRaises(AccessError):
                said.write(values)
        self.assertFalse(self.said.sudo().subject)
        with self.assertRaises(AccessError):
            self.said.with_user(self.users["agent"]).subject = "别的"
        self.assertEqual((said.subject, self.said.sudo().subject), (named, False))

    def test_readers_keep_their_marks(self):
        self.said.with_user(self.users["agent"]).toggle_message_starred()
        self.assertIn(self.users["agent"].partner_id, self.said.sudo().starred_partner_ids)

    def test_users_cannot_write_as_another(self):
        thread = self.case.sudo().message_ids
        row = {"model": self.case._name, "res_id": self.case.id, "body": "x"}
        messages = self._as("agent", self.env["mail.message"])
        for call in (
            lambda: self.mine.message_post(body="x", author_id=self.customer.id),
            lambda: self.mine.message_post(body="x", email_from="customer@example.com"),
            lambda: self.mine.message_notify(body="x", author_id=self.customer.id),
            lambda: messages.env["mail.thread"].message_notify(
                body="x", author_id=self.customer.id, model=row["model"], res_id=row["res_id"]
            ),
            lambda: self._mail_to_many(author_id=self.customer.id),
            lambda: self._mail_to_many(email_from="customer@example.com"),
            lambda: messages.create({**row, "author_id": self.customer.id}),
            lambda: messages.create({**row, "email_from": "customer@example.com"}),
        ):
            with self.assertRaisesRegex(AccessError, "in another person's name"):
                call()
        self.assertEqual(self.case.sudo().message_ids, thread)

    def test_past_days_cannot_be_written(self):
        """Time and tracked changes of a message cannot be chosen."""
        thread = self.case.sudo().message_ids
        row = {"model": self.case._name, "res_id": self.case.id, "body": "x"}
        messages = self._as("agent", self.env["mail.message"])
        field = self.env["ir.model.fields"]._get(self.case._name, "state")
        changed = [Command.create({"field_id": field.id, "new_value_char": "x"})]
        for fact in ({"date": "2020-01-01 00:00:00"}, {"tracking_value_ids": changed}):
            with self.subTest(fact), self.assertRaisesRegex(AccessError, "by the system"):
                messages.create({**row, **fact})
            for post in (self.mine.message_post, self.mine.message_notify):
                with self.subTest(fact), self.assertRaisesRegex(AccessError, "by the system"):
                    post(body="x", **fact)
        self.assertEqual(self.case.sudo().message_ids, thread)

    def test_answers_come_back_to_us(self):
        """Replies of customers cannot be led to a private address, by any method."""
        thread = self.case.sudo().message_ids
        row = {"model": self.case._name, "res_id": self.case.id, "body": "x"}
        messages = self._as("agent", self.env["mail.message"])
        way = {"reply_to": "mine@example.net"}
        other = {"message_id": "<another@example.com>"}
        for call in (
            lambda: self.mine.message_post(body="x", **way),
            lambda: self.mine.message_post(body="x", **other),
            lambda: self.mine.message_notify(body="x", **way),
            lambda: self._mail_to_many(**way, reply_to_force_new=True),
            lambda: self._mail_to_many(**way, composition_mode="comment"),
            lambda: messages.create({**row, **way}),
            lambda: messages.with_context(default_reply_to=way["reply_to"]).create(row),
            lambda: self.said.with_user(self.users["agent"]).write(way),
            lambda: self.said.with_user(self.users["agent"]).write({"is_internal": True}),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertEqual(self.case.sudo().message_ids, thread)

    def test_a_colleague_is_told_that_he_follows(self):
        """By Odoo's own dialog, which would send replies to the asking user."""
        colleague = self.users["agent2"].partner_id
        values = {"res_model": self.case._name, "res_ids": str(self.case.ids), "notify": True}
        dialog = self._as("agent", self.env["mail.followers.edit"])
        dialog.create({**values, "partner_ids": colleague.ids}).edit_followers()
        said = self.env["mail.message"].search([("partner_ids", "=", colleague.id)], limit=1)
        self.assertEqual(said.reply_to, self.said.sudo().reply_to)
        self.assertFalse(said.reply_to_force_new)

    def test_answers_to_the_house(self):
        """An address of the company itself may be named, such as by a template."""
        self.company.email = "desk@example.com"
        said = self.mine.message_post(body="x", reply_to="Desk <desk@example.com>")
        self.assertEqual(said.reply_to, "Desk <desk@example.com>")
        self._mail_to_many(composition_mode="comment")

    def test_keys_of_a_context_say_nothing(self):
        """Values missing in the call but in the context count as given."""
        thread = self.case.sudo().message_ids
        place = {"default_model": self.case._name, "default_res_id": self.case.id}
        messages = self._as("agent", self.env["mail.message"]).with_context(**place)
        for key, value in {
            "default_author_id": self.customer.id,
            "default_email_from": "customer@example.com",
            "default_date": "2020-01-01 00:00:00",
        }.items():
            with self.subTest(key), self.assertRaises(AccessError):
                messages.with_context(**{key: value}).create({"body": "x"})
        with self.assertRaises(AccessError):
            messages.create({"body": "x", "author_id": self.customer.id})
        self.assertEqual(self.case.sudo().message_ids, thread)

    def test_changes_are_still_noted(self):
        """Changes that Odoo tracks appear in the thread, regardless of the user."""
        self.env.cr.flush()
        self.mine.subject = "另一件事"
        self.env.cr.flush()
        seen = self.case.sudo().message_ids.tracking_value_ids
        self.assertIn("subject", seen.field_id.mapped("name"))

    def _mail_to_many(self, **signed):
        """Odoo's dialog, which posts with superuser rights when it is said to write to many."""
        dialogs = self._as("agent", self.env["mail.compose.message"])
        values = {"model": self.case._name, "res_ids": str(self.case.ids), "body": "x"}
        dialog = dialogs.create({"composition_mode": "mass_mail", **values, **signed})
        return dialog.action_send_mail()

    def test_a_mail_to_many_in_ones_own_name(self):
        self._mail_to_many()
        said = self.case.sudo().message_ids[0]
        self.assertEqual(said.author_id, self.users["agent"].partner_id)

    def test_no_message_comes_in_as_a_command(self):
        """Links, changes and new messages in the values of a case are refused."""
        thread = self.case.sudo().message_ids
        for command in (
            Command.create({"body": "x"}),
            Command.update(self.said.id, {"body": "x"}),
            Command.delete(self.said.id),
            Command.clear(),
        ):
            with self.subTest(command), self.assertRaises(AccessError):
                self.mine.write({"message_ids": [command]})
        with self.assertRaises(AccessError):
            self._inquiry(message_ids=[Command.create({"body": "x"})])
        self.assertEqual(self.case.sudo().message_ids, thread)

    def test_other_threads_are_as_odoo_has_them(self):
        """No change for other apps."""
        partner = self.env["res.partner"].create({"name": "x"})
        said = partner.message_post(body="x", author_id=self.customer.id, message_type="comment")
        said.body = "y"
        said.unlink()
        self.assertFalse(said.exists())

    def test_followers_of_one_record_ask_of_its_model_alone(self):
        """Rights on other models are not computed, least of all for other apps' records."""
        followers = self._as("agent", self.env["mail.followers"])
        for model, others in (("water.inquiry", {"water_request"}), ("res.partner", {"water_"})):
            for said in (("=", model), ("in", [model])):
                rows = followers._search([("res_id", "=", 1), ("res_model", *said)])
                asked = str(rows.select().code)
                self.assertFalse([name for name in others if f'"{name}' in asked], asked)
        everywhere = str(followers._search([("res_id", "=", 1)]).select().code)
        self.assertIn('"water_request', everywhere)
        either = ["|", ("res_model", "=", "water.inquiry"), ("res_id", "=", 1)]
        self.assertIn('"water_request', str(followers._search(either).select().code))
