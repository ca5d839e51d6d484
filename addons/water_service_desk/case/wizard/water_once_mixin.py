from contextlib import contextmanager

from odoo import fields, models
from odoo.exceptions import UserError


class WaterOnceMixin(models.AbstractModel):
    """A dialog that does its work once, however often its button is pressed.

    After a lost connection users press again, although the work was done.
    """

    _name = "water.once.mixin"
    _description = "Dialog that Does Its Work Once"

    is_done = fields.Boolean(readonly=True, export_string_translation=False)

    @contextmanager
    def _once(self):
        """Do the work in this block; a twin at the same moment collides with it, and is told then.

        :raises UserError: when it was done
        """
        self._refuse_again()
        yield
        # sudo: the user's own dialog
        self.sudo().is_done = True

    def _refuse_again(self):
        if any(dialog.is_done for dialog in self):
            raise UserError(self.env._("This was done already: close the dialog and look."))
