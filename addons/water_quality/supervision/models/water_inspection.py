from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base.trust import trusted


class WaterInspection(models.Model):
    """A mystery visit (暗访): somebody from outside fills the checklist in, and nobody else.

    He gets just this checklist on his own pages. What he has handed in is looked at by quality,
    who can have him add to it, but writes nothing into it.
    """

    _name = "water.inspection"
    _inherit = ["water.inspection", "water.upload.mixin", "water.portal.list.mixin"]

    visitor_id = fields.Many2one(
        "res.partner",
        string="Visited by",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="Somebody from outside with a login of the customer's pages, who makes the visit and"
        " fills the checklist in. Empty: the inspector does.",
    )
    visit_until = fields.Date(string="Visit until", copy=False)
    given_at = fields.Datetime(string="Given Out", readonly=True, copy=False)
    handed_in_at = fields.Datetime(string="Handed In", readonly=True, copy=False)
    first_handed_in_at = fields.Datetime(
        string="First Handed In",
        readonly=True,
        copy=False,
        help="From then on what was seen stays, also while the visitor is asked for more.",
    )
    visit_note = fields.Text(string="Words of the Visitor", readonly=True, copy=False)
    return_reason = fields.Char(
        string="What to Add", copy=False, help="What the visitor is asked to add or explain."
    )

    @api.constrains("visitor_id")
    def _check_visitor(self):
        """A mystery visit is made by somebody whom the staff does not know."""
        for row in self.sudo():
            if any(user._is_internal() for user in row.visitor_id.user_ids):
                raise ValidationError(self.env._("A mystery visit is made by nobody of the staff."))

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if "visitor_id" in names and any(row.given_at for row in self):
            raise UserError(self.env._("The visit is given out: take it back first."))

    def action_give_out(self):
        """Give the checklist to the visitor, who hears of it by mail.

        :raises UserError: without a visitor who has a login
        """
        self._check_keeper()
        self._check_not_handed_in()
        for row in self:
            logins = row.sudo().visitor_id.user_ids
            if not logins or not row.visit_until:
                raise UserError(
                    self.env._("Name a visitor with a login of the customer's pages, and a date.")
                )
        trusted(self).given_at = fields.Datetime.now()
        for row in self:
            row._tell_visitor(row.env._("please make the visit by %s", row.visit_until))
        return True

    def action_take_back(self):
        """The visit is not made, or by somebody else."""
        self._check_keeper()
        self._check_not_handed_in()
        trusted(self).write({"given_at": False, "visitor_id": False})
        return True

    def action_ask_more(self):
        """Give the checklist back to the visitor, who is asked to add something.

        :raises UserError: without saying what
        """
        self._check_keeper()
        for row in self:
            if not row.handed_in_at or not row.return_reason:
                raise UserError(self.env._("Say what to add to what was handed in."))
        trusted(self).write({"handed_in_at": False})
        for row in self:
            row._tell_visitor(row.return_reason)
        return True

    def _check_keeper(self):
        """:raises AccessError: by anybody but quality and supervisors, and about oneself"""
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors inspect."))
        self._check_open_to_inspector()

    def _check_not_handed_in(self):
        if any(row.first_handed_in_at for row in self):
            raise UserError(self.env._("It is handed in: what was seen stays."))

    def action_drop(self):
        """What a visitor has handed in is finished, not dropped."""
        self._check_not_handed_in()
        return super().action_drop()

    def _check_complete(self):
        """Whoever is asked for more and does not answer holds up nobody."""
        if self.visitor_id and not self.first_handed_in_at:
            raise UserError(self.env._("The visitor has not handed it in yet."))
        super()._check_complete()

    def _tell_visitor(self, words):
        """A mail to the visitor in his language; it names neither counter nor checklist."""
        told = self.with_context(lang=self.visitor_id.lang or self.company_id.partner_id.lang)
        link = f"{told.get_base_url()}{told._portal_url}/{told.id}"
        told.message_notify(
            partner_ids=told.visitor_id.ids,
            subject=told.env._("%s: your visit for us", told.name),
            body=told._visit_mail(words, link),
            email_layout_xmlid="water_service_desk.mail_layout",
        )
