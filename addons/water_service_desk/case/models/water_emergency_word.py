from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...base import phrases
from ..health_words import HARM, HEALTH_WORDS

#: Severities that a word can cause.
RAISED = [("urgent", "Urgent"), ("emergency", "Emergency")]


class WaterEmergencyWord(models.Model):
    """A word that indicates an emergency, no matter who writes it (S3.2.1e, S3.1.2c)."""

    _name = "water.emergency.word"
    _inherit = ["water.cached.mixin", "water.mixin"]
    _description = "Emergency Word"
    _order = "severity, name"

    name = fields.Char(
        string="Word", required=True, help="A star stands for a few characters: 路面*塌."
    )
    severity = fields.Selection(RAISED, string="Makes It", required=True, default="urgent")
    is_harm = fields.Boolean(
        string="Injury or Illness",
        help="A person was hurt, fell ill, or depends on water: the case needs a check before it "
        "is closed.",
    )
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
        """Return the compiled words of a company with their severities, the highest first."""
        rows = self.sudo().search_fetch(
            [("company_id", "in", (False, company_id))], ["name", "severity", "is_harm"]
        )
        rows = rows.sorted(lambda row: (row.severity != "emergency", -len(row.name), row.id))
        facts = [(row.name, row.severity, row.is_harm) for row in rows]
        return phrases.compiled([fact[0] for fact in facts]), facts

    @api.model
    def _find(self, text, company_id):
        """``(word, severity)`` of the words in ``text``, the gravest first.

        :param text: plain text, not HTML
        :param company_id: id of the company whose words count beside those of all
        """
        matcher, facts = self._matcher(company_id)
        return [facts[number][:2] for number in sorted(phrases.found(matcher, text))]

    @api.model
    @tools.ormcache("company_id")
    def _harm_matcher(self, company_id):
        """The compiled words of harm alone: asked for each case that an incident closes."""
        facts = self._matcher(company_id)[1]
        return phrases.compiled([name for name, __, is_harm in facts if is_harm])

    @api.model
    def _tells_of_harm(self, text, company_id):
        """Return whether ``text`` mentions injury, illness or dependence on water."""
        return bool(phrases.found(self._harm_matcher(company_id), text))

    @api.model
    def _bring_health_words(self):
        """Bring the words of bad water and of harm, once: later choices stay (called by data)."""
        rows = self.with_context(active_test=False)
        if rows.search_count([("is_harm", "=", True)], limit=1):
            return
        shared = rows.search([("company_id", "=", False)])
        known = {row.name for row in shared}
        shared.filtered(lambda row: row.name in HARM).is_harm = True
        self._load_records(
            [
                {
                    "xml_id": f"water_service_desk.health_word_{number:02}",
                    "noupdate": True,
                    "values": {"name": name, "severity": severity, "is_harm": is_harm},
                }
                for number, (name, severity, is_harm) in enumerate(HEALTH_WORDS, 1)
                if name not in known
            ]
        )
