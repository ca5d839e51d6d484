import hashlib
import hmac
import secrets
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL, mute_logger

from ...base.trust import trusted

SECRET = "water_service_desk.attempt_secret"
#: Rows are looked at for a day at most; so long a secret has to be known.
DAY = timedelta(days=1)
#: How far the clocks of two machines of one site may be apart.
AHEAD = timedelta(minutes=15)


class WaterAttempt(models.Model):
    """Anonymous counters of recent attempts: the limits of open doors.

    They store keyed hashes of addresses, telephone numbers and sessions. The key is random and
    deleted after two days at the latest, so that they cannot be traced back.
    """

    _name = "water.attempt"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Attempt at an Open Door"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False
    _allow_sudo_commands = False

    kind = fields.Char(required=True, readonly=True)
    key = fields.Char(required=True, readonly=True, help="Keyed hash; the key is forgotten.")
    expires_at = fields.Datetime(required=True, readonly=True, index=True)

    _key_idx = models.Index("(kind, key, expires_at)")
    _proof_uniq = models.UniqueIndex("(key) WHERE kind = 'proof'")
    _turn_uniq = models.UniqueIndex("(key) WHERE kind = 'turn'")

    @api.model
    def _keep(self, kind, subject, lasts=timedelta(hours=1)):
        """Count one attempt.

        :param kind: of attempt
        :param subject: text that identifies the caller or target; nothing is counted without it
        :param lasts: how long it counts, a day at most
        :return: the counted attempt; empty without subject
        """
        kept = trusted(self.sudo()).browse()
        if subject:
            until = fields.Datetime.now() + min(lasts, DAY)
            row = {"kind": kind, "key": self._keys(kind, subject)[0], "expires_at": until}
            # sudo: water.attempt - written by this service alone
            kept = trusted(self.sudo()).create(row)
        return kept

    @api.model
    def _settle(self):
        """Commit counted attempts, regardless of what happens to the request.

        Called by a door before expensive work and before any change: an interrupted request has
        used its turn.
        """
        self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _is_over(self, kind, subject, limit):
        if not subject or limit <= 0:
            return False
        # sudo: water.attempt - callers may know that their limit is reached
        return self.sudo().search_count(self._domain(kind, subject), limit=limit) >= limit

    @api.model
    def _is_busy(self, kind, limit):
        """Return whether so many attempts count at present, of all subjects."""
        domain = [("kind", "=", kind), ("expires_at", ">", fields.Datetime.now())]
        # sudo: water.attempt - only their number
        return self.sudo().search_count(domain, limit=limit) >= limit

    @api.model
    def _take(self, kind, subject, limit, lasts=timedelta(hours=1)):
        if self._is_over(kind, subject, limit):
            return False
        if limit > 0:
            self._keep(kind, subject, lasts)
        return True

    @api.model
    def _turn(self, kind, subject):
        """Serialize attempts at one target over all workers.

        The second waits for the first one's end and then starts again, as Odoo does after a
        conflict: it then sees what the first one has counted.
        """
        if not subject:
            return
        until = fields.Datetime.now() + timedelta(hours=1)
        self.env.cr.execute(
            SQL(
                "INSERT INTO water_attempt (kind, key, expires_at) VALUES ('turn', %s, %s)"
                " ON CONFLICT (key) WHERE kind = 'turn'"
                " DO UPDATE SET expires_at = excluded.expires_at",
                self._keys(kind, subject)[0],
                until,
            )
        )

    @api.model
    def _forget(self, kind, subject):
        trusted(self.sudo()).search(self._domain(kind, subject)).unlink()

    @api.model
    def _domain(self, kind, subject):
        now = fields.Datetime.now()
        keys = self._keys(kind, subject)
        return [("kind", "=", kind), ("key", "in", keys), ("expires_at", ">", now)]

    @api.model
    def _spend(self, name, until):
        """Take a solved challenge, once.

        :param name: of the challenge
        :param until: naive UTC moment at which it lapses by itself
        :return: False when it has been taken before
        """
        key = hashlib.sha256(name.encode()).hexdigest()
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO water_attempt (kind, key, expires_at) VALUES ('proof', %s, %s)"
                " ON CONFLICT DO NOTHING RETURNING id",
                key,
                until,
            )
        )
        return bool(rows)

    # -- the key that is forgotten ------------------------------------------------------------

    @api.model
    def _keys(self, kind, subject):
        text = f"{kind}:{subject}".encode()
        return [hmac.new(key.encode(), text, hashlib.sha256).hexdigest() for key in self._secrets()]

    @api.model
    def _secrets(self):
        # sudo: ir.config_parameter - the secret stays inside this model
        parameters = self.env["ir.config_parameter"].sudo()
        now = fields.Datetime.now()  # of all companies, wherever they are
        day, *keys = (parameters.get_param(SECRET) or " ").split(" ")
        return keys if day in self._days_at(now) else self._renew(parameters, now)

    @api.model
    def _days_at(self, now):
        """Return today, and the day of a machine whose clock is ahead.

        Without a secret for the latter, two machines would replace it alternately around midnight,
        and reset all counts each time.
        """
        return {now.date().isoformat(), (now + AHEAD).date().isoformat()}

    @api.model
    def _renew(self, parameters, now):
        """Return today's secret and the one before, created if missing.

        The cached value may be outdated; if another request creates the first secret at the same
        moment, this one starts again.
        """
        day, *keys = (parameters.search([("key", "=", SECRET)]).value or " ").split(" ")
        if day in self._days_at(now):
            return keys
        today, yesterday = now.date().isoformat(), (now.date() - DAY).isoformat()
        keys = [secrets.token_hex(32), *(keys[:1] if day == yesterday else ())]
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                parameters.set_param(SECRET, " ".join([today, *keys]))
                parameters.flush_model()
        except UniqueViolation as error:
            raise ConcurrencyError(self.env._("Please try again.")) from error
        return keys

    @api.autovacuum
    def _gc_lapsed(self):
        """Delete expired attempts, by any machine's clock."""
        trusted(self.sudo()).search([("expires_at", "<=", fields.Datetime.now() - AHEAD)]).unlink()
