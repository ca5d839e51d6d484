from odoo import models
from odoo.exceptions import AccessDenied
from odoo.http import request

from .. import outage


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _authenticate_explicit(cls, auth):
        """Odoo refuses whoever it cannot look up: while the database is away that is everybody.

        :raises psycopg2.Error: the loss itself, which is answered by 503
        """
        try:
            super()._authenticate_explicit(auth)
        except AccessDenied as refusal:
            if outage.is_outage(refusal):
                raise refusal.__context__ from None
            raise

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Keep the hotline where it can be read while the database is away."""
        result = super()._pre_dispatch(rule, args)
        outage.HOTLINES[request.db] = request.env["res.company"]._water_main_hotline()
        return result
