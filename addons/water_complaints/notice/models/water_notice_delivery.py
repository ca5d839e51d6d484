from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.primary import need_primary
from odoo.addons.water_service_desk.base.roles import AGENT, CASE_GROUPS
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said

#: How a customer has come to know a notice.
HOW = [
    ("oral", "By word of mouth"),
    ("portal", "Opened on the customer's page"),
    ("post", "By post"),
    ("hand", "Handed over"),
]


class WaterNotice(models.Model):
    """How a notice goes out, and the proof that it has reached the customer (S3.2.3c).

    A mail is proved by its message and by the customer who opens his page; a printed letter by
    whoever posted it or handed it over, with the receipt or the signature.
    """

    _inherit = "water.notice"

    way = fields.Selection(
        [("mail", "Mail"), ("post", "Post"), ("hand", "Handed over")],
        string="Sent by",
        readonly=True,
        help="Written notice: how the letter goes out.",
    )
    delivered_at = fields.Datetime(readonly=True, help="When the customer has seen or heard it.")
    delivered_how = fields.Selection(HOW, string="Delivered", readonly=True)
    delivered_by_id = fields.Many2one("res.users", string="Delivery Recorded by", readonly=True)
    delivered_to = fields.Char(
        string="Received by",
        readonly=True,
        groups=CASE_GROUPS,
        help="Who took the letter, and what they are to the customer.",
    )
    delivery_ref = fields.Char(
        string="Postal Number", readonly=True, help="Number of the registered letter."
    )
    signature = fields.Binary(
        attachment=True,
        readonly=True,
        groups=CASE_GROUPS,
        help="The receiver's signature.",
    )
    can_deliver = fields.Boolean(compute="_compute_can_deliver", export_string_translation=False)

    def _compute_can_deliver(self):
        is_desk = self.env.user.has_group(AGENT)
        for notice in self:
            notice.can_deliver = is_desk and notice.mode == "written" and not notice.delivered_at

    def action_deliver(self):
        """Open the dialog that records how the printed letter reached the customer."""
        self.ensure_one()
        return windows.dialog(
            "water.delivery.wizard",
            self.env._("Record the Delivery"),
            {"default_notice_id": self.id},
        )

    def action_print(self):
        """Print the letter as it was sent."""
        self.check_access("read")
        return self.env.ref("water_complaints.action_report_water_notice").report_action(self)

    def _keep_letter(self):
        """Make the PDF that is to be printed, and keep it as what the customer was told."""
        report = self.env["ir.actions.report"].sudo()
        report._render_qweb_pdf("water_complaints.action_report_water_notice", self.ids)
        self.invalidate_recordset(["letter"])  # kept as a file, behind the cache's back

    def _record_delivery(self, values):
        """Keep who received the printed letter, when and how; once.

        :param values: delivered_at (naive UTC), delivered_how, delivered_to, delivery_ref,
            signature
        :raises UserError: when it was delivered already, or before it was sent
        """
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(self.env._("Only service agents record a delivery."))
        for notice in self:
            notice._check_delivery(values)
        trusted(self.sudo()).write({**values, "delivered_by_id": self.env.uid})

    def _check_delivery(self, values):
        if self.mode != "written" or self.delivered_at:
            raise UserError(self.env._("%s has reached the customer already.", self.name))
        moment = values.get("delivered_at")
        if not moment or not self.sent_at <= moment <= fields.Datetime.now():
            raise UserError(
                self.env._("Choose when it was delivered: after it was written, and not later.")
            )
        if values.get("delivered_how") == "hand" and not said(values.get("delivered_to")):
            raise UserError(self.env._("Write down who received the letter."))
        if values.get("delivered_how") == "post" and not said(values.get("delivery_ref")):
            raise UserError(self.env._("Write down the number of the registered letter."))

    def _mark_delivered(self):
        """The customer has opened the notice on his page."""
        unread = self.sudo().filtered(lambda notice: not notice.delivered_at)
        if unread:
            need_primary(self.env)
        trusted(unread).write({"delivered_at": fields.Datetime.now(), "delivered_how": "portal"})
        unread.customer_message_ids._mark_seen()
