import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.tools import SQL

from ...base.trust import trusted
from ...intake.filing import clean_text, parse_id, parse_local

#: Acts in the field, and the method of the visit for each.
KINDS = {
    "accept": "_field_accept",
    "on_way": "_field_on_way",
    "arrive": "_field_arrive",
    "photo": "_field_photo",
    "reading": "_field_reading",
    "sign": "_field_sign",
    "report": "_field_report",
}
KEY = re.compile(r"[0-9a-zA-Z-]{16,64}")
#: A telephone without a network tells so long afterwards when something happened.
LATEST = timedelta(hours=24)
#: Keys are stored for this time: telephones do not send again later.
KEPT = timedelta(days=90)


class WaterFieldAct(models.Model):
    """An act in the field (外勤), known by the key that the telephone has given it.

    Without a network it is sent later, and once more when the answer is lost on its way: what
    was done under a key is not done again. A refused act leaves no key.
    """

    _name = "water.field.act"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Act in the Field"
    _log_access = False
    _allow_sudo_commands = False

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    key = fields.Char(required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True, index=True)

    _once_uniq = models.UniqueIndex("(user_id, key)")

    @api.model
    def _do(self, key, kind, stop, values=None, files=()):
        if kind not in KINDS or not KEY.fullmatch(clean_text(key)):
            raise UserError(self.env._("This page is out of date. Load it again."))
        dispatch, visit = self._place(clean_text(stop))
        if self._is_first(key, kind):
            values = values or {}
            at = self._moment(values.get("at"))
            visit = self._act(kind, dispatch, visit, {**values, "at": at}, files)
        return visit._field_row() if visit else dispatch._field_row()

    @api.model
    def _act(self, kind, dispatch, visit, values, files):
        """Do the act; setting out without an appointment creates one.

        :return: the visit, if there is one now
        """
        if kind == "accept" and not visit:
            dispatch._field_accept()
            return visit
        visit = visit or dispatch._field_visit()
        visit._field_check()
        getattr(visit, KINDS[kind])(values, files)
        return visit

    @api.model
    def _place(self, stop):
        """``(dispatch, visit)`` of a stop, either of which may be empty."""
        visits, dispatches = self.env["water.visit"], self.env["water.dispatch"]
        kind, _dash, number = stop.partition("-")
        if kind == "dispatch":
            dispatches = dispatches.search([("id", "=", parse_id(number) or 0)])
            visits = dispatches._field_visits()[:1]
        elif kind == "visit":
            visits = visits.search([("id", "=", parse_id(number) or 0)])
        if not (visits or dispatches):
            raise MissingError(self.env._("This work is no longer with you."))
        return dispatches, visits

    @api.model
    def _is_first(self, key, kind):
        """Store the key; return ``False`` if known; concurrent uses wait for each other."""
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO water_field_act (user_id, key, kind, at) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (user_id, key) DO NOTHING RETURNING id",
                *(self.env.uid, key, kind, fields.Datetime.now()),
            )
        )
        return bool(rows)

    @api.model
    def _moment(self, text):
        """Return the moment by the telephone's clock, within plausible bounds: naive UTC."""
        now = fields.Datetime.now()
        told = parse_local(clean_text(text), "UTC") or now
        return told if now - LATEST <= told <= now else now

    @api.autovacuum
    def _gc_acts(self):
        until = fields.Datetime.now() - KEPT
        trusted(self.sudo()).search([("at", "<", until)], limit=10_000).unlink()
