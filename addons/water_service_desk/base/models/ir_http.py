from psycopg2 import Error, OperationalError

from odoo import models
from odoo.exceptions import UserError
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        """Answer in the user's language where the database's own words would be shown."""
        return super()._handle_error(cls._in_words(exception))

    @classmethod
    def _in_words(cls, exception):
        """A plain refusal in place of an error of the database; the web client shows no other."""
        if isinstance(exception, OperationalError):
            words = request.env._(
                "Somebody else was changing the same at this moment. Nothing was saved; please try"
                " again."
            )
        elif isinstance(exception, Error):
            words = request.env._("A value is not possible here. Nothing was saved.")
        else:
            return exception
        return UserError(words).with_traceback(exception.__traceback__)
