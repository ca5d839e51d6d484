from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...base import windows
from ...base.telling import tell_staff
from ...base.words import strip_invisible


def _word_subject(case):
    return case.env._("%s: the customer has added something", case.name)


class WaterCaseMixin(models.AbstractModel):
    """Calls about a case, and additions by telephone."""

    _inherit = "water.case.mixin"

    def action_add_word(self, text=""):
        """Store a customer's addition, and notify those who work on the case.

        :param text: the customer's words
        :raises AccessError: for anyone but the desk
        :raises UserError: for a finished case, or without words
        """
        self.ensure_one()
        self.check_access("read")
        if not self._is_desk():
            raise AccessError(self.env._("Only service agents add what a customer says."))
        self._check_unsealed()
        text = text if isinstance(text, str) else ""
        if not strip_invisible(text):
            raise UserError(self.env._("Write down what the customer said first."))
        text = text.strip()[: self._text_limits["description"]]
        self._log_events("customer_message", {"text": text, "files": {}})
        # sudo: mail.message - agents may add the customer's words
        self.sudo().message_post(
            body=plaintext2html(text),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )
        tell_staff(self, self._people_at_work(), _word_subject)
        return True

    def action_open_calls(self):
        """Open the calls that led to the case, or that its telephone system's number names."""
        self.ensure_one()
        self.check_access("read")
        calls = self.env["water.call.record"]
        here = Domain(calls._case_field(self._name), "=", self.id)
        if self.recording_ref:
            here |= Domain("call_ref", "=", self.recording_ref)
        return windows.rows(calls._name, self.env._("Calls"), list(here), modes="list,form")
