from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.roles import MANAGER
from odoo.addons.water_service_desk.base.trust import is_trusted, is_uninstalling, trusted


class WaterWatchedSettingMixin(models.AbstractModel):
    """A setting whose changes take effect once another manager has confirmed them.

    Heirs name the deciding fields in ``_watched``, among them ``active``. An archived setting is
    edited freely; using it again is a change.
    """

    _name = "water.watched.setting.mixin"
    _description = "Changed by Two People"

    _watched = ()

    has_waiting = fields.Boolean(
        string="Waits for a Second Person",
        compute="_compute_has_waiting",
        help="A change does not hold before another manager has confirmed it.",
    )

    def _compute_has_waiting(self):
        waiting = self.env["water.setting.change"]._of(self._origin)
        ids = set(waiting.filtered(lambda row: row.state == "waiting").mapped("res_id"))
        for row in self:
            row.has_waiting = row._origin.id in ids

    @api.model
    def _watched_names(self):
        return self._watched

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if not self.pool.ready:  # delivered records have no history
            return records
        waits = records.filtered(lambda row: row.active and row._needs_second())
        history = self.env["water.setting.change"]
        after = history._stored(records, self._watched_names())
        history._keep("created", records, {}, after, waits)
        # sudo: archived until another manager has confirmed it
        trusted(waits.sudo()).active = False
        records.invalidate_recordset(["has_waiting"])
        return records

    def write(self, vals):
        names = [name for name in self._watched_names() if name in vals]
        if not names or not self.pool.ready or (self.env.su and is_trusted(self.env)):
            return super().write(vals)
        waits = self.filtered(
            lambda row: (row.active or vals.get("active")) and row._needs_second()
        )
        if not self.env.su and self.filtered("has_waiting"):
            raise UserError(
                self.env._("A change is waiting: another manager confirms or refuses it first.")
            )
        history = self.env["water.setting.change"]
        before = history._stored(self, names)
        if waits:
            with self.env.cr.savepoint() as point:  # as it would be, checked by its constraints
                super(WaterWatchedSettingMixin, waits).write(vals)
                every = waits.filtered(lambda row: not before[row.sudo()].get("active", [True])[0])
                after = history._stored(waits - every, names)
                after |= history._stored(every, self._watched_names())
                point.rollback()
            self.env.registry.clear_cache()
            known = {row: values for row, values in before.items() if row not in every.sudo()}
            history._keep("changed", waits, known, after, waits)
            super(WaterWatchedSettingMixin, waits).write(
                {name: value for name, value in vals.items() if name not in names}
            )
        rest = self - waits
        done = super(WaterWatchedSettingMixin, rest).write(vals)
        history._keep("changed", rest, before, history._stored(rest, names))
        self.invalidate_recordset(["has_waiting"])
        return done

    def unlink(self):
        history = self.env["water.setting.change"]
        history._keep("deleted", self, history._stored(self, self._watched_names()), {})
        return super().unlink()

    @api.ondelete(at_uninstall=True)
    def _unlink_by_two(self):
        if not is_uninstalling(self.env) and any(row._needs_second() for row in self):
            raise AccessError(self.env._("Archive it instead: another manager confirms that."))

    def _needs_second(self):
        if self.env.su:
            return False
        # sudo: res.groups - only the existence of another manager is read
        others = self.env.ref(MANAGER).sudo().all_user_ids - self.env.user
        return any(not self.company_id or self.company_id in user.company_ids for user in others)

    def _apply(self, values):
        # sudo: checked by the change that is confirmed
        trusted(self.sudo()).write(values)
        self.invalidate_recordset(["has_waiting"])
