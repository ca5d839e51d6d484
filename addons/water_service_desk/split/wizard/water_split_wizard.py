from odoo import Command, api, fields, models

from ...base import windows
from ..models.water_case_splitting import HERE
from ..words import sentences

PLACES = [("here", "Stays"), ("there", "The new case"), ("both", "Both cases")]


class WaterSplitWizard(models.TransientModel):
    """Share out the words and files of a case that is about two matters."""

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
        help="The new case belongs to another customer: no data of this one goes along.",
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
        """Start with the words of the case, with nothing shared out."""
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
        words = [("words", text, 0, HERE) for text in sentences(case.verbatim)]
        words += [("message", text, 0, HERE) for text in case._customer_words()]
        files = [("file", file.name, file.id, HERE) for file in case._own_files()]
        names = ("kind", "text", "ref", "place")
        return [dict(zip(names, row, strict=True)) for row in words + files]

    def _shares(self):
        """Return the shares as :meth:`_split` takes them."""
        rows = self.line_ids.sorted("id")
        return {
            "words": [(row.text, row.place) for row in rows if row.kind == "words"],
            "messages": [(row.text, row.place) for row in rows if row.kind == "message"],
            "files": {row.ref: row.place for row in rows if row.kind == "file"},
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
    """A sentence or a file, and to which of the two cases it belongs."""

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
        ],
        required=True,
    )
    text = fields.Char(string="Part")
    ref = fields.Integer(export_string_translation=False)
    place = fields.Selection(PLACES, string="Goes with", required=True, default=HERE)
