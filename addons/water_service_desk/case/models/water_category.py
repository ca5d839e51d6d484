from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

SEVERITIES = [
    ("normal", "Normal"),
    ("complex", "Complex"),
    ("urgent", "Urgent"),
    ("emergency", "Emergency"),
]

#: Before an answer: customers who give it are asked to call at once.
URGENT = ("!", "！")


class WaterCategory(models.Model):
    """A category of cases: the company's taxonomy, two levels deep (S3.2.1e)."""

    _name = "water.category"
    _inherit = ["water.code.mixin", "water.mixin"]
    _description = "Case Category"
    _parent_store = True
    _order = "sequence, code"
    _rec_names_search = ["code", "name", "public_name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    public_name = fields.Char(translate=True, help="The customer's words for it.")
    parent_id = fields.Many2one("water.category", string="Family", index=True, ondelete="restrict")
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("water.category", "parent_id", string="Categories")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    for_inquiry = fields.Boolean(string="Inquiries")
    for_request = fields.Boolean(string="Requests and Repairs")
    for_complaint = fields.Boolean(string="Complaints")
    severity = fields.Selection(SEVERITIES, required=True, default="normal")
    department_id = fields.Many2one("water.department", string="Lead Department")
    support_department_ids = fields.Many2many("water.department", string="Supporting Departments")
    emergency_trigger = fields.Selection(
        [
            ("none", "Never"),
            ("cluster", "When reports cluster"),
            ("condition", "On a condition"),
            ("always", "Always"),
        ],
        string="Emergency",
        required=True,
        default="none",
    )
    emergency_note = fields.Char(string="Emergency Condition", translate=True)
    portal_visible = fields.Boolean(string="Customer May Choose", default=True)
    restricted = fields.Boolean(
        help="Only supervisors and the people who handle them can see the cases."
    )
    callback_percent = fields.Integer(
        string="Complaints Called Back (%)",
        default=100,
        help="Of so many finished complaints the customer is called (S3.2.4a).",
    )
    request_callback_percent = fields.Integer(
        string="Requests Called Back (%)",
        help="Besides those for which the standard promises a call.",
    )
    inquiry_callback_percent = fields.Integer(string="Inquiries Called Back (%)")
    public_questions = fields.Text(
        string="Questions on the Public Page",
        translate=True,
        help="One question a line, with its answers after it: Since when? | Today | For days."
        " Without answers the customer writes. A category without questions asks its family's."
        " An exclamation mark before an answer asks the customer to call at once: | !Dialysis.",
    )
    icon = fields.Char(help="Font Awesome class shown to customers, such as fa-tint.")

    _code_uniq = models.Constraint("UNIQUE (code)", "A category with this code exists already.")

    _percent_sane = models.Constraint(
        "CHECK (callback_percent BETWEEN 0 AND 100 AND request_callback_percent BETWEEN 0 AND 100"
        " AND inquiry_callback_percent BETWEEN 0 AND 100)",
        "Choose shares between 0 and 100 per cent.",
    )

    @api.depends("code", "name", "parent_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for category in self:
            shown = (category.code, category.name) if category.parent_id else (category.name,)
            category.display_name = " ".join(part for part in shown if part)

    @api.model
    def _public_answer(self, question, answer):
        """Return an answer in the env's language: forms send its number, common to all
        languages.

        :param question: as returned by :meth:`_public_questions`
        :param answer: number or words; other values are returned unchanged
        """
        choices = question["choices"]
        is_number = answer.isdecimal() and len(answer) < 3 and answer not in choices
        return choices[int(answer) - 1] if is_number and 0 < int(answer) <= len(choices) else answer

    def _public_questions(self):
        """Return the public questions of the category: [{name, text, choices}], in the env's
        language.

        ``name`` is that of the form field.
        """
        text = self.public_questions or self.parent_id.public_questions or ""
        lines = [line.split("|") for line in text.splitlines() if line.strip()]
        return [
            {
                "name": f"answer_{number}",
                "text": line[0].strip(),
                "choices": [choice for choice in map(_plain, line[1:]) if choice],
            }
            for number, line in enumerate(lines)
        ]

    def _urgent_answers(self):
        """The answers of all questions at which the customer is asked to call at once."""
        text = self.public_questions or self.parent_id.public_questions or ""
        parts = [part.strip() for line in text.splitlines() for part in line.split("|")[1:]]
        return {_plain(part) for part in parts if part.startswith(URGENT)}

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A category cannot belong to itself."))

    # -- what the cases copy ----------------------------------------------------------------

    def write(self, vals):
        before = {category: category.restricted for category in self}
        result = super().write(vals)
        if "restricted" in vals:
            changed = self.filtered(lambda category: category.restricted != before[category])
            for restricted, categories in changed.grouped("restricted").items():
                categories._restrict_cases(restricted)
        return result

    def _restrict_cases(self, restricted):
        """Close or open the cases of these categories and their rows, one statement a table.

        The record rules ask the copies; there may be a hundred thousand cases of a category.
        """
        rows = self.env["water.case.link.mixin"]
        self.env.flush_all()
        for model in self.env.registry.descendants(["water.case.mixin"], "_inherit"):
            if not self.env[model]._abstract:
                self._restrict_table(model, SQL("category_id IN %s", self._ids), restricted)
        for model in self.env.registry.descendants([rows._name], "_inherit"):
            if not self.env[model]._abstract:
                for link, case in self.env[model]._case_models().items():
                    cases = SQL(
                        "%s IN (SELECT id FROM %s WHERE category_id IN %s)",
                        SQL.identifier(link),
                        SQL.identifier(self.env[case]._table),
                        self._ids,
                    )
                    self._restrict_table(model, cases, restricted)

    def _restrict_table(self, model, condition, restricted):
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET is_restricted = %(value)s"
                " WHERE %(condition)s AND is_restricted IS DISTINCT FROM %(value)s",
                table=SQL.identifier(self.env[model]._table),
                condition=condition,
                value=restricted,
            )
        )
        self.env[model].invalidate_model()


def _plain(answer):
    """An answer as the customer reads it."""
    return answer.strip().lstrip("".join(URGENT)).strip()
