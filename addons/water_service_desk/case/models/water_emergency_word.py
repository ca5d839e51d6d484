from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...base import phrases

#: What a word can make of a case.
RAISED = [("urgent", "Urgent"), ("emergency", "Emergency")]


class WaterEmergencyWord(models.Model):
    """A word in which an emergency shows, whoever writes it down (S3.2.1e, S3.1.2c)."""

    _name = "water.emergency.word"
    _inherit = ["water.cached.mixin"]
    _description = "Emergency Word"
    _order = "severity, name"

    name = fields.Char(
        string="Word", required=True, help="A star stands for a few characters: 路面*塌."
    )
    severity = fields.Selection(RAISED, string="Makes It", required=True, default="urgent")
    company_id = fields.Many2one("res.company", help="Empty: of all companies.")
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex(
        "(name, COALESCE(company_id, 0))", "This word is on the list already."
    )

    @api.constrains("name")
    def _check_name(self):
        for word in self:
            if not phrases.is_workable(word.name):
                raise ValidationError(
                    self.env._("A word has two characters at least, and three stars at most.")
                )

    @api.model
    @tools.ormcache("company_id")
    def _matcher(self, company_id):
        """The compiled words of a company and what they make of a case, the gravest first."""
        rows = self.sudo().search_fetch(
            [("company_id", "in", (False, company_id))], ["name", "severity"]
        )
        rows = rows.sorted(lambda row: (row.severity != "emergency", -len(row.name), row.id))
        facts = [(row.name, row.severity) for row in rows]
        return phrases.compiled([name for name, __ in facts]), facts

    @api.model
    def _find(self, text, company_id):
        """``(word, severity)`` of the words in ``text``, the gravest first.

        :param text: plain text, not HTML
        :param company_id: id of the company whose words count beside those of all
        """
        matcher, facts = self._matcher(company_id)
        return [facts[number] for number in sorted(phrases.found(matcher, text))]
