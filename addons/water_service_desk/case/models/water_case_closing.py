import re

from odoo import fields, models

from ...base.trust import trusted
from ...base.words import one_stop, said

#: A sentence that names the hotline; where the company has none it is not said.
_NAMES_HOTLINE = re.compile(
    r"(?<![^。！？.!?\n])[^。！？.!?\n]*\{hotline\}[^。！？.!?\n]*[。！？.!?]?"
)


class WaterCaseMixin(models.AbstractModel):
    """The end of the service: anything else? thank you, goodbye (S2.3.4)."""

    _inherit = "water.case.mixin"

    #: the state in which the service ends; its column holds the words
    _closing_state = "closed"
    #: field with what the customer is told of the outcome
    _closing_result = None

    said_goodbye = fields.Boolean(
        string="Anything Else?",
        readonly=True,
        copy=False,
        help="The customer was asked whether there is anything else, and thanked.",
    )

    def _closing_script(self):
        """What the agent says at the end of the service, in his language."""
        self.ensure_one()
        stage = self.env["water.stage"]._of_state(self._name, self._closing_state)
        words = {
            "{case}": self.name or "",
            "{result}": said(self[self._closing_result]),
            "{hotline}": self.company_id.sudo().water_hotline or "",
        }
        text = stage.closing_script or ""
        if not words["{hotline}"]:
            text = _NAMES_HOTLINE.sub("", text)
        for sign, word in words.items():
            text = text.replace(sign, word)
        return one_stop(text)

    def _say_goodbye(self):
        """Keep that the customer was asked for anything else, and thanked."""
        trusted(self).said_goodbye = True

    def _close_politely(self):
        """Asked for anything else and thanked: the service ends.

        :raises UserError: when the case cannot be closed; then nothing was said either
        """
        self.ensure_one()
        self.check_access("write")
        with self.env.cr.savepoint():
            self._say_goodbye()
            self._move_to(self._closing_state)
