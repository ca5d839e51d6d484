from odoo import api, models
from odoo.exceptions import AccessError

from ...api.models.water_api import MAX_BATCH
from ...base.scope import uses
from ...intake.filing import FilingError, clean_text
from .. import call_facts

CALL_KEYS = frozenset(call_facts.COLUMNS)


class WaterApi(models.AbstractModel):
    """Telephone systems tell of calls."""

    _inherit = "water.api"

    _retried_tables = ("water_api_", "water_call_record")

    @api.model
    def report_calls(self, calls=None):
        """Tell of up to 100 calls, each as far as it has come; safe to repeat, in any order.

        :param calls: list of ``{"call", "direction", "phone", "offered_at", "answered_at",
            "ended_at", "agent", "group", "recording"}``; all but ``call`` may be left out
        :raises AccessError: for integrations that are bound to no channel of live talks
        :return: for each ``row`` (from 0), ``call``, ``result`` (``created``, ``changed``,
            ``unchanged`` or ``error``) and ``errors`` {fact: message}
        """
        self._enter_by_telephone()
        if not isinstance(calls, list) or not 0 < len(calls) <= MAX_BATCH:
            raise FilingError({"calls": self.env._("Send a list of 1 to %s calls.", MAX_BATCH)})
        return self._once(lambda: [self._report_call(*row) for row in enumerate(calls)])

    @api.model
    def _enter_by_telephone(self):
        channels = self._enter("report_calls")
        if not uses(self.env, "water_service_desk.group_use_telephony"):
            raise AccessError(self.env._("The telephone interface is switched off."))
        if not channels.filtered("is_live"):
            raise AccessError(
                self.env._("This integration is bound to no channel on which people talk.")
            )

    @api.model
    def _report_call(self, row, told):
        number = clean_text(told.get("call")) if isinstance(told, dict) else ""
        answer = {"row": row, "call": number, "errors": {}}
        try:
            with self.env.cr.savepoint():
                told = self._need_object(told, CALL_KEYS, "call")
                _call, result = self.env["water.call.record"]._report(told)
                return {**answer, "result": result}
        except FilingError as error:
            return {**answer, "result": "error", "errors": error.errors}
