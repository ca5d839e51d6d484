import psycopg2

from odoo import models
from odoo.exceptions import AccessDenied
from odoo.http import request

from .. import outage


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _authenticate_explicit(cls, auth):
        """Report a lost database as such instead of as a refused login.

        :raises psycopg2.Error: the loss itself, which is answered by 503
        """
        try:
            super()._authenticate_explicit(auth)
        except AccessDenied as refusal:
            if isinstance(refusal.__context__, psycopg2.Error) or outage.is_outage(refusal):
                raise refusal.__context__ from None
            raise

    @classmethod
    def _dispatch(cls, endpoint):
        """Refuse our pages while tables and program have different versions.

        :raises UpgradingError: answered by 503; the web client shows its sentence
        """
        if cls._water_is_ours() and request.env["ir.module.module"]._water_isolated():
            raise outage.UpgradingError(outage.UPGRADING._translate(request.env.lang or "zh_CN"))
        return super()._dispatch(endpoint)

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Cache the hotline for the time when the database is away."""
        result = super()._pre_dispatch(rule, args)
        outage.HOTLINES[request.db] = request.env["res.company"]._water_main_hotline()
        return result
