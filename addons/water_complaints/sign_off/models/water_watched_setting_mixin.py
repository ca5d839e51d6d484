from datetime import datetime, time
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.clock.working_time import wall_moment


class WaterWatchedSettingMixin(models.AbstractModel):
    """A setting that decides on money: its history is kept, and it never changes backwards.

    Heirs name the fields that decide, in ``_watched``.
    """

    _name = "water.watched.setting.mixin"
    _description = "Decides on Money"

    _watched = ()

    change_from = fields.Date(
        string="Change Holds from",
        store=False,
        help="Enter it together with a change that is to hold from a day to come.",
    )
    settled_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="Since then it is as it stands here; what was proposed before goes by the history.",
    )
    has_waiting = fields.Boolean(
        string="Waits for a Second Person",
        readonly=True,
        copy=False,
        help="A change does not hold before another manager has confirmed it.",
    )

    @api.model
    def _watched_names(self):
        return self._watched

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_kept_marks(vals)
        starts = [self._start_of(vals) for vals in vals_list]
        records = super().create(vals_list)
        if not self.pool.ready:  # what the addons bring has no history
            return records
        for record, start in zip(records, starts, strict=True):
            waits = record.filtered(lambda row: row._needs_second(row._history()))
            names = record._watched_names()
            self.env["water.setting.change"]._keep("created", record, {}, names, start, waits)
        records._settle()
        return records

    def write(self, vals):
        self._check_kept_marks(vals)
        start = self._start_of(vals := dict(vals))
        names = [name for name in self._watched_names() if name in vals]
        if not names or not self.pool.ready:
            return super().write(vals)
        history, recent = self.env["water.setting.change"], self._history()
        before = history._stored(self, names)
        waits = self.filtered(lambda row: row._needs_second(recent))
        done = super().write(vals)
        waits |= self.filtered(lambda row: row._needs_second(recent))
        history._keep("changed", self, before, names, start, waits)
        self._settle()
        return done

    def unlink(self):
        names = self._watched_names()
        history = self.env["water.setting.change"]
        history._keep("deleted", self, history._stored(self, names), names)
        return super().unlink()

    @api.model
    def _check_kept_marks(self, vals):
        if {"settled_at", "has_waiting"} & vals.keys() and not is_trusted(self.env):
            raise AccessError(self.env._("This is kept by the system."))

    def _history(self):
        return self.env["water.setting.change"]._of(self)

    @api.model
    def _start_of(self, vals):
        """From when on the change holds (naive UTC), or nothing for now; taken out of ``vals``.

        It is the beginning of the company's day.

        :raises ValidationError: for a day that is over
        """
        day = fields.Date.to_date(vals.pop("change_from", False))
        if not day:
            return None
        if day < self.env.company._water_today():
            raise ValidationError(self.env._("A change holds from today on, never backwards."))
        midnight = datetime.combine(day, time())
        begins = wall_moment(midnight, ZoneInfo(self.env.company._water_tz()))
        return max(begins, fields.Datetime.now())

    def _needs_second(self, recent):
        """Hook: whether the present user's change of it waits for a second person.

        :param recent: water.setting.change of the records so far
        """
        return False

    def _settle(self):
        """Remember since when it is as it stands, and whether something waits."""
        changes = self._history()
        for record in self.sudo():
            mine = changes.filtered(lambda row, record=record: row.res_id == record.id)
            moments = mine.filtered("effective_at").mapped("effective_at")
            waits = bool(mine.filtered(lambda row: row.state == "waiting"))
            marks = {"settled_at": max(moments, default=False), "has_waiting": waits}
            trusted(record).write(marks)

    def _revert(self, change):
        """Take a refused change back, as far as nobody has changed the same again.

        :param change: water.setting.change of this record
        """
        later = self._history().filtered(lambda row: row.id > change.id and row.state != "refused")
        touched = {name for row in later for name in row.values}
        values = {name: old for name, (old, _new) in change.values.items() if name not in touched}
        if change.kind == "created":
            values = {"active": False} if "active" in self._fields else {}
        for name in values:
            if self._fields[name].type == "many2many":
                values[name] = [fields.Command.set(values[name] or [])]
        # past `write`: that it was refused is in the history already, and is no change of its own
        own = super(WaterWatchedSettingMixin, self.sudo())
        own.write(values)  # pylint: disable=super-method-mismatch

    # -- what held when -----------------------------------------------------------------------

    def _as_at(self, moment):
        """Those of the records that held at ``moment`` (naive UTC), with what they were then.

        They come in the same order, as unsaved twins where something was another one.
        """
        stale = self.filtered(
            lambda row: row.has_waiting or (row.settled_at and row.settled_at > moment)
        )
        if not stale:
            return self
        changes = stale._history().filtered(lambda row: row.state != "refused")
        held = self.browse()
        for record in self:
            mine = changes.filtered(lambda row, record=record: row.res_id == record.id)
            held += record._twin(mine, moment) if record in stale else record
        return held

    def _twin(self, changes, moment):
        """The record as it was at ``moment`` by its history; nothing when it did not hold yet."""
        holds = changes.filtered(
            lambda row: row.state == "done" and row.effective_at and row.effective_at <= moment
        ).sorted(lambda row: (row.effective_at, row.id))
        if "created" in (changes - holds).mapped("kind"):
            return self.browse()
        values = {}
        for change in changes.sorted("id", reverse=True):
            values |= {name: pair[0] for name, pair in change.values.items()}
        for change in holds:
            values |= {name: pair[1] for name, pair in change.values.items()}
        for name in values:
            if self._fields[name].type == "many2many":
                values[name] = [fields.Command.set(values[name] or [])]
        return self.new(values, origin=self)
