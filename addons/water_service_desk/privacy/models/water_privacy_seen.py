import zlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...base.trust import trusted

#: For so long a record that was seen counts once.
WINDOW = timedelta(hours=1)
#: The last number that a record can have.
LAST = 2**31 - 1
#: What this process has kept already, {(database, user, model): {record: until when}}.
_known = {}
#: Which cases this process has kept as opened, {database: {(user, model, case): until when}}.
_opened = {}


class WaterPrivacySeen(models.Model):
    """Whose personal data a person has read within the hour, whatever he read it by (S2.2.4).

    A page at a time, in groups, by names that complete: each customer counts once. Above the
    company's limit the privacy log says so and quality is told. Rows are gone after the hour.
    """

    _name = "water.privacy.seen"
    _inherit = ["water.kept.mixin", "water.mixin"]
    _description = "Personal Data Seen"
    _log_access = False
    _allow_sudo_commands = False

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    model = fields.Char(required=True, readonly=True)
    record = fields.Integer(
        required=True, readonly=True, help="Id, or below 0 a hash of a value that stands for it."
    )
    at = fields.Datetime(required=True, readonly=True, index=True)

    _once_uniq = models.UniqueIndex("(user_id, model, record)")

    @api.model
    def _note(self, model, keys, names):
        """Count what the present user has been shown.

        :param model: name of the model whose personal data it is
        :param keys: ids of records; texts, when a grouping shows values alone
        :param names: fields that were read, for the log
        """
        limit = self.env.companies._water_export_most()
        if limit <= 0:
            return
        numbers = {key for key in keys if isinstance(key, int) and 0 < abs(key) <= LAST}
        texts = {key for key in keys if key and isinstance(key, str)}
        marks = numbers | {-zlib.crc32(key.encode()) // 2 for key in texts}
        now = fields.Datetime.now()
        known = _known.setdefault((self.env.cr.dbname, self.env.uid, model), {})
        fresh = sorted(mark for mark in marks if known.get(mark, now) <= now)
        if not fresh:
            return
        if self.env.cr.readonly:
            self.env.cr.postcommit.add(lambda: self._count_apart(model, fresh, names, limit))
        else:
            self._count(model, fresh, names, limit)
        until = dict.fromkeys(fresh, now + WINDOW)
        self.env.cr.postcommit.add(lambda: known.update(until))

    @api.model
    def _note_opened(self, record, kind="open"):
        """Keep in the privacy log that the present user has opened it, once within the hour.

        :param record: one case, or what else has a name of its own in the log
        :param kind: of the log's row
        """
        now, known = fields.Datetime.now(), _opened.setdefault(self.env.cr.dbname, {})
        key = (self.env.uid, kind, record._name, record.id)
        if known.get(key, now) > now:
            return
        if self.env.cr.readonly:
            self.env.cr.postcommit.add(lambda: self._keep_opened_apart(record, kind))
        else:
            self._keep_opened(record, kind)
        self.env.cr.postcommit.add(lambda: known.update({key: now + WINDOW}))

    @api.model
    def _keep_opened_apart(self, record, kind):
        """The same after a request that may only read, and before its answer is sent."""
        with self.env.registry.cursor() as cr:
            env = self.env(cr=cr)
            self.with_env(env)._keep_opened(record.with_env(env), kind)

    @api.model
    def _keep_opened(self, record, kind):
        """One row of the log, unless another process has written it within the hour."""
        # sudo: water.privacy.log - of the present user alone, by the record's own name
        log, named = self.env["water.privacy.log"].sudo(), record.sudo()
        name, links = named._erasure_name(), named._erasure_links()
        since = fields.Datetime.now() - WINDOW
        mine = [("kind", "=", kind), ("user_id", "=", self.env.uid), ("at", ">", since)]
        about = {"model": record._name, "record_name": name, **links}
        if not log.search_count([*mine, *((key, "=", it) for key, it in about.items())], limit=1):
            self.env["water.privacy.log"]._keep(kind, record._name, record_name=name, **links)

    @api.model
    def _count_apart(self, *values):
        """The same after a request that may only read, and before its answer is sent."""
        with self.env.registry.cursor() as cr:
            self.with_env(self.env(cr=cr))._count(*values)

    @api.model
    def _count(self, model, marks, names, limit):
        """Keep the marks; when the limit is passed (again), the privacy log says so."""
        now = fields.Datetime.now()
        added = len(
            self.env.execute_query(
                SQL(
                    "INSERT INTO water_privacy_seen (user_id, model, record, at)"
                    " SELECT %(user)s, %(model)s, unnest(%(marks)s), %(now)s"
                    " ON CONFLICT (user_id, model, record) DO UPDATE SET at = excluded.at"
                    " WHERE water_privacy_seen.at <= %(since)s RETURNING id",
                    user=self.env.uid,
                    model=model,
                    marks=marks,
                    now=now,
                    since=now - WINDOW,
                )
            )
        )
        mine = [("user_id", "=", self.env.uid), ("model", "=", model), ("at", ">", now - WINDOW)]
        # sudo: water.privacy.seen - a person's own count
        seen = self.sudo()
        total = seen.search_count(mine)
        if _steps(total, limit) > _steps(total - added, limit):
            rows = seen.search([*mine, ("record", ">", 0)])
            records = self.env[model].browse(rows.mapped("record")).exists()
            export = self.env["water.export"]
            shares = export._shares(records, total)
            export._keep("read", model, total, names, shares, is_masked=False)

    @api.autovacuum
    def _gc_seen(self):
        now = fields.Datetime.now()
        trusted(self.sudo()).search([("at", "<=", now - WINDOW)]).unlink()
        for kept in (*_known.values(), *_opened.values()):
            for mark in [mark for mark, until in kept.items() if until <= now]:
                kept.pop(mark, None)


def _steps(count, limit):
    """How often ``count`` has passed the limit."""
    return max(count - 1, 0) // limit
