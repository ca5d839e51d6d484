from odoo import api, models


class WaterRegistrationForm(models.AbstractModel):
    """Registration of a complaint (投诉登记表)."""

    _name = "report.water_complaints.report_form_registration"
    _inherit = "water.form.report.mixin"
    _description = "Registration Form of a Complaint"
    _form_model = "water.complaint"

    @api.model
    def _paper(self, record):
        facts = ("received_at", "occurred_at", "channel_id", "nature", "category_id", "severity")
        whose = ("contact_masked", "phone_masked", "address_shown", "zone_id")
        about = ("person_complained_id", "department_complained_id")
        hands = ("first_responsible_id", "user_id", "department_id", "readback_at", "readback_mode")
        clocks = record.deadline_ids.sorted("due_at")
        promised = ("label",) if any(clocks.mapped("label")) else ()
        return {
            "title": self.env._("Registration Form of a Complaint"),
            "number": record.name,
            "facts": self._rows(record, *facts, *whose, *about, *hands),
            "texts": self._rows(
                record, "subject", "verbatim", "description", "demand", "readback_correction"
            ),
            "tables": self._listed(
                clocks, self.env._("Limits"), "kind", *promised, "due_at", "state"
            ),
            "signs": [self.env._("Registered by"), self.env._("Read back to the customer")],
        }


class WaterFeedbackForm(models.AbstractModel):
    """The report of a department on a complaint (处理反馈单)."""

    _name = "report.water_complaints.report_form_feedback"
    _inherit = "water.form.report.mixin"
    _description = "Handling Feedback Form"
    _form_model = "water.complaint"

    @api.model
    def _paper(self, record):
        facts = ("received_at", "category_id", "address_shown", "department_id", "user_id")
        found = ("finding_final", "validity", "cause_id")
        sent = record.dispatch_ids.sorted("sent_at")
        names = ("department_id", "role", "sent_at", "due_at", "finished_at", "state", "result")
        return {
            "title": self.env._("Handling Feedback Form"),
            "number": record.name,
            "facts": self._rows(record, *facts, *found),
            "texts": self._rows(record, "subject", "investigation", "plan", "resolution"),
            "tables": self._listed(sent, self.env._("Dispatched to"), *names),
            "signs": [self.env._("Handled by"), self.env._("Head of the department")],
        }


class WaterCallbackForm(models.AbstractModel):
    """The result of a call-back (回访记录表)."""

    _name = "report.water_complaints.report_form_callback"
    _inherit = "water.form.report.mixin"
    _description = "Call-back Record"
    _form_model = "water.callback"

    @api.model
    def _paper(self, record):
        case = record._case()
        names = ("at", "user_id", "result", "note")
        tries = record.attempt_ids.sorted("at")
        attempts = self._listed(tries, self.env._("Attempts"), *names)
        asked = record.answer_ids.sorted("sequence")
        return {
            "title": self.env._("Call-back Record"),
            "number": case.name,
            "facts": self._rows(case, "subject", "contact_masked", "phone_masked")
            + self._rows(record, "kind", "user_id", "due_at", "done_at", "state")
            + self._rows(record, "outcome", "score"),
            "texts": self._rows(record, "note", "remark", "void_reason"),
            "tables": self._listed(asked, self.env._("Questions"), "name", "value") + attempts,
            "signs": [self.env._("Called by"), self.env._("Checked by")],
        }
