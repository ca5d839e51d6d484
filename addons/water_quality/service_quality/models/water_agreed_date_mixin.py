from datetime import datetime

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.water_service_desk.base.moments import day_text, is_late, moment_text
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible

#: Fields that say whose work it is.
_HOLDERS = frozenset({"owner_id", "department_id"})


class WaterAgreedDateMixin(models.AbstractModel):
    """A date agreed for a piece of work, moved only as limits are (S3.2.3c).

    It moves with a reason, by a person who neither has nor had the work, while it lies ahead; the
    old date is logged. Heirs bring ``past_holder_ids``.
    """

    _name = "water.agreed.date.mixin"
    _inherit = ["water.steps.mixin"]
    _description = "To Be Done by a Date"

    #: name of the field that holds the date
    _agreed_date = None

    date_reason = fields.Char(string="Why the Date Moves", store=False, copy=False)
    date_moves = fields.Text(
        string="Moved Dates",
        readonly=True,
        copy=False,
        help="What the date was, who has moved it, when, and why.",
    )

    def write(self, vals):
        """Require a reason (``date_reason``) for another date, and log it with the old one.

        :raises AccessError: by a person who has the work
        :raises UserError: without a reason, or for a past date
        """
        values = {name: value for name, value in vals.items() if name != "date_reason"}
        before = self._moved_by(values)
        held = {row: row._at_work() for row in self if _HOLDERS & values.keys()}
        reason = vals.get("date_reason")
        if before and not (is_trusted(self.env) or self.env.su):
            self._check_by_hand({self._agreed_date})
            for row in before:
                row._check_move(reason)
        done = super().write(values)
        for row, people in held.items():
            gone = [Command.link(user.id) for user in people - row._at_work()]
            trusted(row.sudo()).write({"past_holder_ids": gone})
        for row, old in before.items():
            row._keep_move(old, reason)
        return done

    def _moved_by(self, values):
        name = self._agreed_date
        if name not in values:
            return {}
        field = self._fields[name]
        new = field.convert_to_record(field.convert_to_cache(values[name], self), self)
        return {row: row[name] for row in self if row[name] and row[name] != new}

    def _check_move(self, reason):
        if self.env.user in self._at_work() | self.past_holder_ids:
            raise AccessError(self.env._("The person responsible cannot change the due date."))
        if self._is_date_over():
            raise UserError(
                self.env._("%s: the date has passed, and stays what it was.", self.display_name)
            )
        if not strip_invisible(reason):
            raise UserError(self.env._("Say why the date moves."))

    def _at_work(self):
        """Hook: return the people whose work the date is for."""
        return self.env["res.users"]

    def _is_date_over(self):
        date, company = self[self._agreed_date], self.company_id
        now = fields.Datetime.now()
        return is_late(date, now if isinstance(date, datetime) else company._water_today())

    def _keep_move(self, old, reason):
        """Add a line to the history of the date.

        :param old: the date before
        """
        tz = self.company_id._water_tz()
        days = (old, self[self._agreed_date])
        old, new = (
            moment_text(self.env, day, tz) if isinstance(day, datetime) else day_text(day)
            for day in days
        )
        now = moment_text(self.env, fields.Datetime.now(), tz)
        parts = f"{old} → {new}", self.env.user.name, now, strip_invisible(reason)
        lines = self.date_moves, " · ".join(filter(None, parts))
        trusted(self.sudo()).date_moves = "\n".join(filter(None, lines))
