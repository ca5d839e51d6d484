from odoo import Command, api, fields, models

from ...base import windows
from ...base.moments import short_writer
from ..models.water_case_splitting import BOTH, HERE
from ..words import sentences

PLACES = [("here", "Stays"), ("there", "The new case"), ("both", "Both cases")]


class WaterSplitWizard(models.TransientModel):
    """Share out words, files and clocks of a case that is about two matters."""

    _name = "water.split.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Split a Case in Two"

    subject = fields.Char(string="The New Case", required=True)
    category_id = fields.Many2one("water.category", required=True)
    category_domain = fields.Json(compute="_compute_category_domain")
    description = fields.Text(string="What the New Case Is about", required=True)
    description_here = fields.Text(string="What This Case Is about from Now on", required=True)
    is_others = fields.Boolean(
        string="Another Customer's",
        help="The new case belongs to somebody else: nothing of this customer goes along.",
    )
    contact_name = fields.Char(string="Name of the Customer")
    phone = fields.Char()
    address = fields.Char()
    line_ids = fields.One2many("water.split.line", "wizard_id", string="What Belongs Where")
    reason = fields.Char(string="Why These Are Two Matters", required=True)

    @api.depends("case_model")
    def _compute_category_domain(self):
        flags = self.env["water.category"]
        for wizard in self:
            flag = self.env[wizard.case_model]._category_flag if wizard.case_model else None
            known = flag in flags._fields
            wizard.category_domain = [("parent_id", "!=", False)] + (
                [(flag, "=", True)] if known else []
            )

    @api.model
    def default_get(self, fields):
        """The dialog begins with the words as they are, nothing shared out."""
        values = super().default_get(fields)
        if not values.get("case_ids"):
            return values
        case = self.new(values)._cases()[:1]
        case._check_splitting()
        values |= {"description_here": case.description, "category_id": case.category_id.id}
        lines = self._lines_of(case)
        return values | {"line_ids": [Command.create(line) for line in lines]}

    @api.model
    def _lines_of(self, case):
        """Rows for all that can be shared out; what was kept stands for both."""
        words = [("words", text, 0, HERE) for text in sentences(case.verbatim)]
        words += [("message", text, 0, HERE) for text in case._customer_words()]
        files = [("file", file.name, file.id, HERE) for file in case._own_files()]
        clocks = [
            ("clock", self._clock_text(clock), clock.id, BOTH if clock.state == "met" else HERE)
            for clock in case._shareable_clocks()
        ]
        names = ("kind", "text", "ref", "place")
        return [dict(zip(names, row, strict=True)) for row in words + files + clocks]

    @api.model
    def _clock_text(self, clock):
        labels = [
            dict(clock._fields[name]._description_selection(self.env)).get(clock[name])
            for name in ("kind", "state")
        ]
        due = short_writer(self.env, clock.company_id._water_tz())(clock.due_at)
        return " · ".join(part for part in (labels[0], clock.label, due, labels[1]) if part)

    def _shares(self):
        """What belongs where, as the case asks for it."""
        rows = self.line_ids.sorted("id")
        return {
            "words": [(row.text, row.place) for row in rows if row.kind == "words"],
            "messages": [(row.text, row.place) for row in rows if row.kind == "message"],
            "files": {row.ref: row.place for row in rows if row.kind == "file"},
            "clocks": {row.ref: row.place for row in rows if row.kind == "clock"},
        }

    def action_split(self):
        """Split (rights, words and reason are checked by the case) and open the new one."""
        case = self._one()
        values = {
            "subject": self.subject,
            "category_id": self.category_id.id,
            "description": self.description,
            "description_here": self.description_here,
        }
        if self.is_others:
            values |= {name: self[name] for name in ("contact_name", "phone", "address")}
        return windows.form(case._split(values, self._shares(), self.reason))


class WaterSplitLine(models.TransientModel):
    """A sentence, a file or a clock, and to which of the two cases it belongs."""

    _name = "water.split.line"
    _inherit = "water.mixin"
    _description = "Part of a Case to Share Out"
    _order = "id"

    wizard_id = fields.Many2one("water.split.wizard", required=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("words", "Words spoken"),
            ("message", "Added later"),
            ("file", "File"),
            ("clock", "Time limit"),
        ],
        required=True,
    )
    text = fields.Char(string="Part")
    ref = fields.Integer(export_string_translation=False)
    place = fields.Selection(PLACES, string="Goes with", required=True, default=HERE)
