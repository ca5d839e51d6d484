from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.base.models.ir_mail_server import IrMail_Server as IrMailServer
from odoo.addons.mail.models.mail_mail import MailMail as OdooMail

from ..models.mail_mail import HELPERS, MANY
from .common import MessageCommon


@tagged("post_install", "-at_install")
class TestMailSharing(MessageCommon):
    """Thousands of mails are sent by several scheduled actions, each mail by one of them."""

    def setUp(self):
        super().setUp()
        self.env["mail.mail"].search([("state", "=", "outgoing")]).write({"state": "cancel"})
        self.mails = self.env["mail.mail"].create(
            [{"email_to": f"caller{number}@example.com"} for number in range(MANY + 4)]
        )

    def _cron(self, number):
        return self.env.ref(f"water_service_desk.ir_cron_messages_beside_{number}").sudo()

    def _sent_by(self, run):
        """The mails that a scheduled action would hand to the mail server."""
        found = []
        with patch.object(OdooMail, "send", lambda mails, **_options: found.extend(mails.ids)):
            run()
        return self.mails.browse(found)

    def test_each_mail_has_one_sender(self):
        """The shares are of one size, and together they are all."""
        self.mails._share_out()
        queue = self.env["mail.mail"]
        runs = [lambda number=number: queue._send_share(number) for number in HELPERS]
        shares = [self._sent_by(run) for run in (queue.process_email_queue, *runs)]
        self.assertEqual({len(share) for share in shares}, {len(self.mails) // len(shares)})
        self.assertEqual(queue.union(*shares), self.mails)
        self.assertEqual(sum(map(len, shares)), len(self.mails))

    def test_few_go_the_ordinary_way(self):
        """Odoo's own action sends small batches."""
        few = self.mails[: MANY - 1]
        few._share_out()
        self.assertFalse(any(few.mapped("water_sender")))

    def test_helper_switched_off(self):
        """Mails assigned to a disabled helper are sent by Odoo's own action."""
        self.mails._share_out()
        share = self.mails.filtered(lambda mail: mail.water_sender == 2)
        self.assertTrue(share)
        self._cron(2).active = False
        found = self._sent_by(self.env["mail.mail"].process_email_queue)
        self.assertEqual(found & share, share)
        self.mails.water_sender = 0
        self.mails._share_out()
        self.assertEqual(set(self.mails.mapped("water_sender")), {0, 1, 3})

    def test_tried_again(self):
        """Failed mails go back to Odoo's own action."""
        self.mails._share_out()
        mail = self.mails.filtered("water_sender")[0]
        mail.state = "exception"
        mail.mark_outgoing()
        self.assertIn(mail, self._sent_by(self.env["mail.mail"].process_email_queue))

    def test_a_crowd_is_shared_out(self):
        """Many customers told at once: helpers are called at the moment their mails are due."""
        triggers = self.env["ir.cron.trigger"].sudo()
        called = [("cron_id", "=", self._cron(1).id)]
        before = triggers.search_count(called)
        door = self._at_door("agent", self.env["water.inquiry"])
        own = {"partner_id": False, "phone": False}
        door.create(
            [
                self._inquiry_values(**own, email_from=f"crowd{number}@example.com")
                for number in range(MANY)
            ]
        )
        mails = self.env["mail.mail"].search([("email_to", "like", "crowd%@example.com")])
        self.assertEqual(set(mails.mapped("water_sender")), {0, *HELPERS})
        self.assertGreater(triggers.search_count(called), before)

    def test_helper_sends_by_gateway_too(self):
        """A helper takes part in what leaves by a gateway."""
        message = self._message()
        self.assertLess(message.next_try_at, fields.Datetime.now() + timedelta(seconds=1))
        with self.enter_registry_test_mode(), patch.object(IrMailServer, "_disable_send"):
            self._cron(3).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(message.state, "sent")

    def test_words_outlive_their_mail(self):
        """Removing a mail takes no word out of the thread, nor does it stop the queue."""
        to = {"model": "water.inquiry", "res_id": self._inquiry().id, "message_type": "comment"}
        mail = self.env["mail.mail"].create({**to, "email_to": "x@example.com"})
        said = mail.mail_message_id
        mail.unlink()
        self.assertEqual((mail.exists(), said.exists()), (mail.browse(), said))

    def _waiting_message(self):
        case = self._inquiry(email_from="caller@example.com")
        message = case.customer_message_ids.filtered("mail_mail_id")[:1].sudo()
        self.assertEqual(message.state, "queued")
        return message

    def test_a_mail_that_went_out_has_nothing_looked_for(self):
        """The time of the next attempt is checked after failures only."""
        good, bad = self._waiting_message(), self._waiting_message()
        outbox = type(good)
        with patch.object(outbox, "_trigger_next") as look:
            good.mail_mail_id.state = "sent"
            good._on_mail_result(None)
            self.assertEqual((good.state, look.call_count), ("sent", 0))
            bad.mail_mail_id.state = "exception"
            bad._on_mail_result("mail_smtp")
            self.assertEqual((bad.state, look.call_count), ("failed", 1))

    def test_each_mail_reads_little_of_the_company(self):
        """The address for mails that come back is read without all that a company has set."""
        company = self.env.company
        company.alias_domain_id = self.env["mail.alias.domain"].create({"name": "water.example"})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn("@water.example>", company.bounce_formatted)
        self.assertIn(company.name, company.bounce_formatted)
        self.env.invalidate_all()
        self.assertTrue(company.bounce_email)
        self.assertNotIn(company.id, company._fields["water_hotline"]._get_cache(self.env))
