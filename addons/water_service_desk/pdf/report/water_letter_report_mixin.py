from odoo import api, models
from odoo.exceptions import AccessError

from ...base.roles import AGENT, QUALITY

#: Roles that may print a letter with the customer's real name.
PRINTERS = (AGENT, QUALITY)


class WaterLetterReportMixin(models.AbstractModel):
    """Letters to customers: who may print them, and each in the language of its customer."""

    _name = "water.letter.report.mixin"
    _description = "Letters to Customers"

    #: name of the model whose records are letters (heirs of ``water.letter.mixin``)
    _letter_model = None

    @api.model
    def _get_report_values(self, docids, data=None):
        """Values of the letters.

        :param docids: ids of the letter model
        :raises AccessError: for people who read customers' names masked
        """
        if not (self.env.su or any(map(self.env.user.has_group, PRINTERS))):
            raise AccessError(
                self.env._("Only the service desk and quality print letters to customers.")
            )
        letters = self.env[self._letter_model].browse(docids)
        letters.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": self._letter_model,
            "docs": letters,
            "letters": {letter.id: self._letter(self._localised(letter)) for letter in letters},
        }

    @api.model
    def _localised(self, letter):
        # sudo: case - printing a letter includes all of its facts
        return letter.sudo().with_context(lang=letter._letter_lang())

    @api.model
    def _letter(self, letter):
        """Return {name: text} of one letter, in its customer's language; heirs add theirs."""
        return {"lang": letter.env.lang, "title": letter._letter_title()}
