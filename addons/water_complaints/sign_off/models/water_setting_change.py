from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base.roles import MANAGER
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted


class WaterSettingChange(models.Model):
    """Log who changed what decides on money or signatures, when, from what to what.

    Managers and finance read it. A change that waits is written to its record when another manager
    confirms it.
    """

    _name = "water.setting.change"
    _inherit = [
        "water.readonly.mixin",
        "water.decision.mixin",
        "water.never.deleted.mixin",
        "water.mixin",
    ]
    _waiting_state = "waiting"
    _approved_state = "done"
    _refusable_states = ("waiting",)
    _asked_by = "user_id"
    _description = "Change of What Decides on Money"
    _order = "id desc"
    _rec_name = "label"
    _allow_sudo_commands = False

    model = fields.Char(required=True, readonly=True, index=True)
    res_id = fields.Integer(string="Record", required=True, readonly=True, index=True)
    label = fields.Char(string="Setting", required=True, readonly=True)
    kind = fields.Selection(
        [("created", "Created"), ("changed", "Changed"), ("deleted", "Deleted")],
        required=True,
        readonly=True,
    )
    values = fields.Json(readonly=True, help="{field: [from, to]}, as they are stored.")
    text = fields.Text(string="From → To", readonly=True)
    user_id = fields.Many2one("res.users", string="Changed by", required=True, readonly=True)
    at = fields.Datetime(string="On", required=True, readonly=True, index=True)
    state = fields.Selection(
        [
            ("done", "Holds"),
            ("waiting", "Waits for a second person"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)

    @api.model
    def _readonly_message(self):
        return self.env._("The history is kept by the system.")

    # -- keeping ------------------------------------------------------------------------------

    @api.model
    def _stored(self, records, names):
        """Return {record: {field: (value for JSON, text)}} of the present values.

        :param names: of the fields that decide on money
        """
        # sudo: records - editors may log their values
        return {
            record: {name: self._stored_value(record, name) for name in names}
            for record in records.sudo()
        }

    @api.model
    def _stored_value(self, record, name):
        field, value = record._fields[name], record[name]
        if field.relational:
            ids = sorted(value.ids)
            return (
                ids if field.type == "many2many" else value.id,
                ", ".join(value.mapped("display_name")),
            )
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            return value, labels.get(value, "")
        if field.type == "boolean":
            return value, self.env._("Yes") if value else self.env._("No")
        plain = fields.Date.to_string(value) if field.type == "date" and value else value
        return plain, "" if value is False else str(plain)

    @api.model
    def _keep(self, kind, records, before, after, waits=()):
        """Log how ``records`` differ from ``before``.

        :param before: result of :meth:`_stored`; an empty dict for new records
        :param after: the same of the new values; an empty dict for deleted records
        :param waits: the records whose change waits for a second person
        :return: the changes
        """
        now, rows, waiting = fields.Datetime.now(), [], {row.id for row in waits}
        for record in records.sudo():
            old, new = before.get(record, {}), after.get(record, {})
            pairs = {name: (old.get(name), new.get(name)) for name in {**old, **new}}
            pairs = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
            if not pairs and kind == "changed":
                continue
            is_waiting = record.id in waiting
            company = record if record._name == "res.company" else record.company_id
            rows.append(
                {
                    "model": record._name,
                    "res_id": record.id,
                    "label": record.display_name,
                    "kind": kind,
                    "values": {
                        n: [old and old[0], new and new[0]] for n, (old, new) in pairs.items()
                    },
                    "text": self._pair_lines(record, pairs),
                    "user_id": self.env.uid,
                    "at": now,
                    "state": "waiting" if is_waiting else "done",
                    "company_id": company.id,
                }
            )
        # sudo: water.setting.change - the history is written here alone
        return trusted(self.sudo()).create(rows)

    @api.model
    def _pair_lines(self, record, pairs):
        lines = []
        for name, (old, new) in pairs.items():
            before, after = (side[1] if side else "" for side in (old, new))
            if not (before or after):  # an empty value of a new record is no change
                continue
            words = {"before": before or "–", "after": after or "–"}
            label = record._fields[name]._description_string(self.env)
            lines.append(self.env._("%(label)s: %(before)s → %(after)s", label=label, **words))
        return "\n".join(lines)

    @api.model
    def _of(self, records):
        """Return the history of ``records``, the oldest first."""
        # sudo: water.setting.change - decisions ask who changed what
        domain = [("model", "=", records._name), ("res_id", "in", records.ids)]
        return self.sudo().search(domain, order="id")

    def _value_on(self, name, day, present):
        changes = self.filtered(lambda row: row.state == "done" and name in (row.values or {}))
        for change in reversed(changes):
            if change.company_id._water_today(change.at) <= day:
                break
            before = change.values[name][0]
            if before or change != changes[0]:
                present = before
        return present

    def _record(self):
        return self.env[self.model].browse(self.res_id).exists()

    # -- the second person --------------------------------------------------------------------

    def _decision_error(self, approves=True):
        may = self.env.su or self.env.user.has_group(MANAGER)
        waits = self.state == self._waiting_state
        if not may or not waits or (approves and self._is_own()):
            return AccessError(self.env._("Another manager confirms or refuses the change."))
        return None

    def _after_approved(self):
        """Write the change, which holds from now on."""
        record = self.sudo()._record()
        record._apply(
            {
                name: [fields.Command.set(new or [])]
                if record._fields[name].type == "many2many"
                else new
                for name, (_old, new) in self.values.items()
            }
        )

    def _after_refused(self, reason):
        """Keep the setting, and tell its author why."""
        self._after_taken_back(reason)
        tell_staff(self.sudo(), self.user_id, _refused_subject, lambda _row: reason, is_list=True)

    def _after_taken_back(self, reason):
        self.sudo()._record().invalidate_recordset(["has_waiting"])


def _refused_subject(change):
    return change.env._("%s: the change was refused", change.label)
