from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.roles import AGENT
from odoo.addons.water_service_desk.base.trust import trusted


class WaterIncidentContact(models.Model):
    """The telephone list of an incident's end: customers whom no message reached.

    Agents share the list. A call that is ticked off is what the message is to others: the
    customer's cases without anything else open are closed.
    """

    _name = "water.incident.contact"
    _inherit = ["water.incident.contact", "water.reveal.link.mixin"]

    needs_call = fields.Boolean(
        string="To Be Called", readonly=True, help="No message reached this customer at the end."
    )
    caller_id = fields.Many2one("res.users", string="Taken by", readonly=True)
    called_at = fields.Datetime(string="Called at", readonly=True)
    called_by_id = fields.Many2one("res.users", string="Told by", readonly=True)
    case_contact = fields.Char(string="Contact", compute="_compute_case_contact")
    what_to_say = fields.Text(string="What to Say", related="notice_id.body")

    _needs_call_idx = models.Index("(notice_id, served_first DESC, id) WHERE needs_call IS TRUE")

    @api.depends(lambda self: tuple(self._case_models()))
    def _compute_case_contact(self):
        for row in self:
            # sudo: case - masked; the caller reveals more by the eye
            case = row.sudo()._case_or_none()
            masked = case is not None and f"{case.contact_masked} {case.phone_masked}".strip()
            row.case_contact = masked or False

    @api.depends_context("uid")
    def _compute_can_reveal(self):
        """Rows without a case stand for the holder of an account, who is on no list."""
        with_case = self.filtered(lambda row: row.sudo()._case_or_none() is not None)
        super(WaterIncidentContact, with_case)._compute_can_reveal()
        (self - with_case).can_reveal = False

    def _ask_to_call(self):
        """Put on the list customers who can be called and have no other open matter."""
        rows = self.filtered(lambda row: row._case_or_none() is not None and not row.called_at)
        listed = rows.filtered(lambda row: row._case_or_none()._can_be_called())
        trusted(listed.filtered(lambda row: not row._has_own_matters_only())).needs_call = True

    def _has_own_matters_only(self):
        """Whether each open case of the customer waits for something of its own."""
        cases = [case for found in self._open_cases() for case in found]
        return bool(cases) and all(case._why_stays_open() for case in cases)

    def _open_cases(self):
        """The customer's open cases of the incident, by type."""
        # sudo: case - of the customer who was, or is to be, told about them
        return [
            self.env[model]
            .sudo()
            .search(
                self._cases_domain(link) & self.notice_id.incident_id._open_children_domain(model)
            )
            for link, model in self._case_models().items()
        ]

    def action_call(self):
        """Say that the user calls this customer now, so that no colleague does.

        :raises AccessError: by users outside the desk
        :raises UserError: for a customer who was called already
        """
        for row in self._to_call():
            row.caller_id = self.env.user
        return True

    def action_called(self):
        """The customer has heard by telephone that it is over; their cases are closed.

        :raises AccessError: by users outside the desk
        :raises UserError: for a customer who was called already
        """
        for row in self._to_call():
            row.write(
                {
                    "needs_call": False,
                    "caller_id": self.env.uid,
                    "called_by_id": self.env.uid,
                    "called_at": fields.Datetime.now(),
                }
            )
            row._log_told()
            for cases in row._open_cases():
                cases._close_with_incident(row.notice_id.body)
        return True

    def _to_call(self):
        """The rows, to be written, after asking who wants to."""
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(self.env._("Only service agents call the customers of an incident."))
        # sudo: water.incident.contact - each reader of the list ticks it off
        rows = trusted(self.sudo())
        if rows.filtered(lambda row: not row.needs_call):
            raise UserError(self.env._("A colleague has called this customer already."))
        return rows
