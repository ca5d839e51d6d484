from odoo import api, fields, models
from odoo.fields import Domain


class WaterCaseMixin(models.AbstractModel):
    """A case's thread does not tell who the customer is to whoever reads him masked (S2.2.4)."""

    _inherit = "water.case.mixin"

    # Odoo searches by way of the thread without asking the messages: it would tell who wrote.
    message_ids = fields.One2many(bypass_search_access=False)
    website_message_ids = fields.One2many(bypass_search_access=False)

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """What has forgotten its customer is not told of him again: nobody writes there."""
        needed = super()._mail_get_operation_for_mail_message_operation(message_operation)
        # sudo: case - asked whether it was erased, nothing of it
        erased = self.sudo().filtered("erased_at").with_env(self.env)
        asks = message_operation == "create"
        return {**needed, **dict.fromkeys(erased, "write")} if asks else needed

    @api.depends("message_follower_ids")
    @api.depends_context("uid")
    def _compute_message_partner_ids(self):
        """Colleagues who follow; the customer too for those who may know him."""
        super()._compute_message_partner_ids()
        if not self.env["res.users"]._water_reads_contact():
            for thread in self:
                # sudo: res.partner - asked whether it is a colleague
                followers = thread.sudo().message_follower_ids.partner_id
                staff = followers.filtered(lambda partner: not partner.partner_share)
                thread.message_partner_ids = staff.with_env(self.env)

    @api.model
    def _search_message_partner_ids(self, operator, operand):
        operator, operand = self._followers_asked(operator, operand)
        domain = super()._search_message_partner_ids(operator, operand)
        if domain is NotImplemented or self.env["res.users"]._water_reads_contact():
            return domain
        # sudo: mail.followers - narrowed to colleagues
        staff = (
            self.env["mail.followers"]
            .sudo()
            ._search(
                [
                    ("res_model", "=", self._name),
                    ("partner_id", operator, operand),
                    ("partner_id.partner_share", "=", False),
                ]
            )
        )
        return Domain("id", "in", staff.subselect("res_id"))

    def _message_add_default_recipients(self):
        """The customer is proposed as a recipient to those who may reach him, to nobody else."""
        if self.env.su or self._has_field_access(self._fields["email_from"], "read"):
            return super()._message_add_default_recipients()
        nobody = {"email_cc_lst": [], "email_to_lst": [], "partners": self.env["res.partner"]}
        return {case.id: dict(nobody) for case in self}

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """A mail with the customer's words carries his name: not to those who read it masked."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        by_colleague = message.author_id and not message.author_id.partner_share
        if message.message_type == "user_notification" or by_colleague:
            return recipients
        users = self.env["res.users"].sudo().browse([r["uid"] for r in recipients if r["uid"]])
        masked = set(users.filtered(lambda user: not user._reads_customers()).ids)
        return [r for r in recipients if r["uid"] not in masked]
