from odoo import api, fields, models
from odoo.exceptions import ValidationError

CLOCK_KINDS = [
    ("accept", "Acceptance"),
    ("contact", "First contact"),
    ("on_site", "Arrival on site"),
    ("verify", "Verification"),
    ("plan", "Plan"),
    ("close", "Completion"),
    ("feedback", "Feedback"),
    ("callback", "Call-back"),
    ("appeal", "Appeal decision"),
    ("payment", "Payment"),
    ("promise", "Promise"),
    ("external", "Forwarding body"),
    ("guarantee", "Guaranteed answer"),
    ("dispatch", "Dispatching"),
    ("work", "Department's work"),
    ("sign", "Signing"),
    ("news", "Progress news"),
    ("step", "Step of an application"),
]
#: internal clocks: customers are not told of them, or see their dates elsewhere
INTERNAL = ("dispatch", "work", "sign", "step")
#: clocks that continue after the closing: other bodies wait for their answer regardless
AFTER_CLOSING = ("callback", "appeal", "payment", "external")
UNITS = [
    ("minute", "minutes"),
    ("hour", "hours"),
    ("working_hour", "working hours"),
    ("working_day", "working days"),
    ("calendar_day", "calendar days"),
]
#: Longest sensible limit in each unit: about three years, minutes a week.
LONGEST = {
    "minute": 10000,
    "hour": 10000,
    "working_hour": 6000,
    "working_day": 750,
    "calendar_day": 1100,
}
#: Units that are counted in a calendar's working time.
WORKING_UNITS = ("working_hour", "working_day")


class WaterStandardLine(models.Model):
    """One clock of a standard."""

    _name = "water.standard.line"
    _inherit = ["water.choice.name.mixin", "water.cached.mixin", "water.mixin"]
    _description = "Clock of a Standard"
    _order = "standard_id, sequence, id"
    _rec_name = "kind"
    _keeps_what_is_shown = True
    _settable_on_create = frozenset({"standard_id"})

    standard_id = fields.Many2one(
        "water.standard",
        required=True,
        readonly=True,  # no clock is carried into a standard by which promises were made
        index=True,
        ondelete="cascade",
    )
    valid_from = fields.Date(related="standard_id.valid_from")
    version = fields.Integer(related="standard_id.version")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(CLOCK_KINDS, required=True)
    amount = fields.Float(required=True)
    unit = fields.Selection(UNITS, required=True, default="working_day")
    calendar_id = fields.Many2one(
        "resource.calendar", string="Working Hours", help="Empty: the company's office hours."
    )
    start_on = fields.Selection(
        [
            ("received", "Receipt"),
            ("accepted", "Acceptance of the complete application"),
            ("dispatched", "Dispatch to the department"),
            ("finished", "End of the work"),
            ("closed", "Completion"),
        ],
        string="Starts at",
        required=True,
        default="received",
    )
    warn_percent = fields.Integer(string="Warn at %", default=80)
    source = fields.Char(help="Where the figure comes from: standard and clause, or proposal.")
    is_proposal = fields.Boolean(string="Proposal", help="A default of ours, no source claims it.")

    _amount_sane = models.Constraint(
        "CHECK (amount > 0 AND amount <= 10000)",
        "A time limit must be positive and sensible: enter more than 0 and at most 10000.",
    )
    _warn_sane = models.Constraint(
        "CHECK (warn_percent BETWEEN 1 AND 99)", "Warn between 1 and 99 percent of the time."
    )

    @api.constrains("amount", "unit")
    def _check_amount(self):
        units = dict(self._fields["unit"]._description_selection(self.env))
        for line in self:
            if line.amount > LONGEST[line.unit]:
                raise ValidationError(
                    self.env._(
                        "%(amount)g %(unit)s are too long for a time limit: enter at most"
                        " %(longest)s.",
                        amount=line.amount,
                        unit=units[line.unit],
                        longest=LONGEST[line.unit],
                    )
                )
            if line.unit == "working_day" and line.amount % 1:
                raise ValidationError(
                    self.env._(
                        "A limit in working days ends at close of business: enter a whole number,"
                        " or choose working hours instead of %(amount)g days.",
                        amount=line.amount,
                    )
                )

    @api.constrains("calendar_id")
    def _check_calendar(self):
        self.calendar_id._check_has_hours()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self.env.su:  # an upgrade brings lines of its own
            lines.standard_id._check_unused()
        lines.calendar_id._water_load_holidays()
        return lines

    def write(self, vals):
        if vals.keys() - {"sequence", "source", "is_proposal"}:
            self.standard_id._check_unused()
        done = super().write(vals)
        if "calendar_id" in vals:
            self.calendar_id._water_load_holidays()
        return done

    def unlink(self):
        self.standard_id._check_unused()
        return super().unlink()
