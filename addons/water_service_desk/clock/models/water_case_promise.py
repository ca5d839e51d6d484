from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...base.moments import moment_text

#: By these the result is due, whatever was promised.
DUE_KINDS = ("close", "external")


class WaterCaseMixin(models.AbstractModel):
    """Commitments given to the customer (S2.1.1 信守承诺)."""

    _inherit = "water.case.mixin"

    def _promise(self, text, due, kind="result"):
        """Keep a commitment given to the customer as a clock of its own (S2.1.1 信守承诺).

        :param text: what was promised, in the words used
        :param due: naive UTC time by which
        :param kind: what keeps it, a value of ``water.deadline.promise_kind``; telling the
            result keeps every promise
        :raises ValidationError: when the promise lies in the past
        :raises UserError: when the case is finished, and for a result after its limit
        :return: the clocks
        """
        self.check_access("write")
        self._check_unsealed()
        if due <= fields.Datetime.now():
            raise ValidationError(self.env._("A promise must lie in the future."))
        if kind == "result":
            self._check_promised_result(due)
        rows = [
            {**case._given_clock("promise", due, text), "promise_kind": kind}
            for case in self.sudo()
        ]
        clocks = self.env["water.deadline"]._start(rows)
        self._log_events("promised", {"text": text, "due": due.isoformat()})
        return clocks

    def _check_promised_result(self, due):
        """The result is promised no later than it is due; more time is an extension (S2.3.1d).

        :param due: naive UTC time by which
        :raises UserError: with the limit
        """
        for case in self.sudo():
            latest = case._latest_result()
            if latest and due > latest:
                raise UserError(
                    self.env._(
                        "%(case)s: promise no later than %(due)s, or ask for an extension first.",
                        case=case.name,
                        due=moment_text(self.env, latest, case.company_id._water_tz()),
                    )
                )

    def _latest_result(self):
        """Until when the result is due, to the customer and to bodies that wait, where that lies
        ahead; else nothing. What was promised earlier holds beside it.

        A limit that stands still lies as far ahead as there is time left, whatever its date.
        """
        clocks = self.sudo()._open_clocks().filtered(lambda clock: clock.kind in DUE_KINDS)
        return self._first_ahead(clock._limit_now()[0] for clock in clocks)

    def _promised_ahead(self):
        """The earliest of what was promised that lies ahead; else nothing."""
        return self._first_ahead(self.sudo()._promised_limits())

    def _promised_limits(self):
        """Until when the result is promised, by all limits that run; rooms add theirs."""
        return self._open_clocks().filtered(lambda clock: clock._promises_result()).mapped("due_at")

    def _counted_on(self):
        """Until when the customer can count on the result, for what he is told.

        Nothing once that has passed, or as long as it stands still: no date holds then.
        """
        return self._first_ahead(self.sudo()._limits_counted_on())

    def _limits_counted_on(self):
        """The limits of the result that run; rooms add theirs."""
        clocks = self._open_clocks().filtered(lambda clock: clock._promises_result())
        return clocks.filtered(lambda clock: clock.state != "paused").mapped("due_at")

    @api.model
    def _first_ahead(self, limits):
        now = fields.Datetime.now()
        return min((due for due in limits if due > now), default=False)
