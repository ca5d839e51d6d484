from base64 import b64decode

from odoo import api, models
from odoo.tools import ormcache

from ..learned import Learned

#: How many categories are proposed.
PROPOSED = 3


def words_of(contact):
    """Return the words that indicate the category of a case, or of a call being registered."""
    texts = (contact.subject, contact.verbatim, contact.description)
    return "\n".join(text for text in texts if text)


class WaterCategory(models.Model):
    """Proposed from the words of a contact and the article that answers it (S3.2.1e)."""

    _inherit = "water.category"

    @api.model
    def _propose(self, text, article=None):
        """Return the best fitting categories, at most three, the likeliest first.

        :param text: the words of a contact, in any language
        :param article: the article that answers it; its categories come first
        """
        first = article.category_ids if article else self.browse()
        found = first.filtered("active") | self._propose_by_words(text)
        return found.filtered("parent_id")[:PROPOSED]

    def _propose_by_words(self, text):
        """Propose by what the company's cases have taught, else by the categories' key words."""
        learned = self._learned(self.env.company.id)
        codes = learned.best(text, 2 * PROPOSED) if learned else []
        if not codes:
            return self._leaves()._public_best(text)
        found = self.search([("code", "in", codes)])
        return found.sorted(lambda category: codes.index(category.code))

    @api.model
    def _leaves(self):
        return self.search([("parent_id", "!=", False)])

    @ormcache("company_id")
    def _learned(self, company_id):
        # sudo: water.category.learning - weights of words, on no screen
        row = self.env["water.category.learning"].sudo().search([("company_id", "=", company_id)])
        content = row.with_context(bin_size=False).content
        return Learned.unpack(b64decode(content)) if content else None
