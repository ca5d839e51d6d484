from odoo import models


class WaterCompensation(models.Model):
    """Finance's own reversal decides nothing: what was approved is credited anew, or withdrawn
    with a reason, which is when the customer hears of it (S2.1.1). Until then it waits in lists.
    """

    _inherit = "water.compensation"

    def _follow_booking(self):
        super()._follow_booking()
        back = self.sudo().filtered(
            lambda row: row.state == "approved" and row.payment_state == "reversed"
        )
        for company, rows in back.grouped("company_id").items():
            people = rows._supervisors_asked() or company._water_asked_user()
            self.env["water.staff.message"]._tell(people, rows._compose_booked_back)

    def _supervisors_asked(self):
        """The supervisors of the cases that they are about."""
        people = self.env["res.users"]
        for row in self:
            case = row._case_or_none()
            people |= people if case is None else case._desk_supervisors()
        return people

    def _compose_booked_back(self, env):
        return (
            env._("Booked back by finance: %s", ", ".join(self.mapped("name"))),
            env._(
                "It is approved, and the customer may know of it. Have the entry made anew, or"
                " withdraw it with the reason, which the customer then reads."
            ),
        )
