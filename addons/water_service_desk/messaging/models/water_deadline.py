from odoo import models


class WaterDeadline(models.Model):
    """A time limit of which the customer is told."""

    _inherit = "water.deadline"

    def _tell_new_dates(self):
        super()._tell_new_dates()
        template = self.env.ref("water_service_desk.mail_template_date_moved")
        self.env["water.message"]._queue(template, self)

    def _customer_new_date(self):
        """Return what happened to the promised date, as a sentence for the customer."""
        case = self._message_case()
        if self.state == "paused":
            until = case._customer_time(self.pause_ids[:1].until)
            return self.env._("The time stands still until %s at the latest.", until)
        due = case._customer_time(self.due_at)
        kind = self.kind == "promise" and self.promise_kind
        if kind == "contact":
            return self.env._("We now promise to contact you by %s.", due)
        if kind == "visit":
            return self.env._("We now promise to be with you by %s.", due)
        if kind == "other":
            return self.env._("We now keep our promise by %s.", due)
        return self.env._("We now promise you the result by %s.", due)
