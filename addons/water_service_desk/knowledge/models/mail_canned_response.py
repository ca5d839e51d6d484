from odoo import api, fields, models
from odoo.fields import Domain

#: Most text blocks that are offered for one case.
OFFERED = 8


class MailCannedResponse(models.Model):
    """Odoo's canned answers are the text blocks of the desk: by ``::`` in the chatter, and
    offered beside the answer of a case whose category they are for.

    Places such as ``{number}`` or ``{编号}`` are filled with the facts of the case.
    """

    _inherit = "mail.canned.response"

    water_offered = fields.Boolean(
        string="Offer Beside Answers", help="Staff find it beside the answer of a case."
    )
    water_category_ids = fields.Many2many(
        "water.category",
        string="Categories",
        help="Empty: for every category. A family stands for all of its categories.",
    )
    water_lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        help="Empty: for customers of every language.",
    )

    @api.model
    def _water_offer(self, category, lang, case=None):
        """Return the text blocks for a case, those of its category first.

        :param category: water.category, may be empty
        :param lang: code of the customer's language
        :param case: ``[model, id]`` of a saved case, or None
        :return: list of {id, title, text}
        """
        family = (category | category.parent_id).ids
        domain = Domain("water_offered", "=", True) & Domain("water_lang", "in", [lang, False])
        general = Domain("water_category_ids", "=", False)
        special = Domain("water_category_ids", "in", family)
        found = self.search(domain & special, limit=OFFERED) if family else self.browse()
        found |= self.search(domain & general, limit=OFFERED)
        known = self.env["water.article.use"]._known_case(case)
        return [
            {
                "id": block.id,
                "title": block.source,
                "text": known._fill_in(block.substitution) if known else block.substitution,
            }
            for block in found[:OFFERED]
        ]
