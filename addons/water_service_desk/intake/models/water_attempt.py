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
    """Who has tried something how often lately, without knowing who: the limits of open doors.

    Kept are keyed hashes of addresses, telephone numbers and sessions. The key is random and
    forgotten after two days at the latest, so that nobody can tell afterwards whose they were.
    """

    _name = "water.attempt"
    _inherit = ["water.kept.mixin", "water.mixin"]
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

        :param kind: what was tried
        :param subject: text that says by whom or at what; nothing, nothing is counted
        :param lasts: for how long it counts, a day at most
        :return: what was counted, empty for nobody
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
        """Let what was counted and spent stay, whatever becomes of the request.

        Called by a door before it does what costs much, and before it has changed anything: a
        request that is stopped in the middle has had its turn.
        """
        self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _is_over(self, kind, subject, limit):
        """Whether ``subject`` has used up what it may try.

        :param limit: attempts that count at the same time; 0 for no limit
        """
        if not subject or limit <= 0:
            return False
        # sudo: water.attempt - whether a limit is reached is told to whoever has reached it
        return self.sudo().search_count(self._domain(kind, subject), limit=limit) >= limit

    @api.model
    def _is_busy(self, kind, limit):
        """Whether so many attempts count at present, whoever's."""
        domain = [("kind", "=", kind), ("expires_at", ">", fields.Datetime.now())]
        # sudo: water.attempt - how many, and of nobody in particular
        return self.sudo().search_count(domain, limit=limit) >= limit

    @api.model
    def _take(self, kind, subject, limit, lasts=timedelta(hours=1)):
        """Count one attempt, unless ``subject`` has used up what it may try.

        :return: whether there was one left
        """
        if self._is_over(kind, subject, limit):
            return False
        if limit > 0:
            self._keep(kind, subject, lasts)
        return True

    @api.model
    def _turn(self, kind, subject):
        """Have guesses at one thing follow each other, however many workers there are.

        Whoever comes second waits for the first one's end and then starts again, as Odoo does with
        whatever was overtaken: by then it sees what the first one has counted.
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
        """Start counting anew for ``subject``."""
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
        """The hashes of ``subject`` with the secret of today and that of yesterday."""
        text = f"{kind}:{subject}".encode()
        return [hmac.new(key.encode(), text, hashlib.sha256).hexdigest() for key in self._secrets()]

    @api.model
    def _secrets(self):
        """Today's secret and the one before; a new day makes a new one."""
        # sudo: ir.config_parameter - the secret stays inside this model
        parameters = self.env["ir.config_parameter"].sudo()
        now = fields.Datetime.now()  # of all companies, wherever they are
        day, *keys = (parameters.get_param(SECRET) or " ").split(" ")
        return keys if day in self._days_at(now) else self._renew(parameters, now)

    @api.model
    def _days_at(self, now):
        """The day that it is, and the one that it is already on a machine whose clock is ahead.

        If that one's secret were none, two machines would take it away from each other around
        midnight, and with each turn all that is counted would be forgotten.
        """
        return {now.date().isoformat(), (now + AHEAD).date().isoformat()}

    @api.model
    def _renew(self, parameters, now):
        """Today's secret and the one before.

        What is remembered from the last request may be behind the database; and when another
        request makes the first secret at the same moment, this one starts again.
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
        """Nothing is kept that does not count any more, by whichever machine's clock."""
        trusted(self.sudo()).search([("expires_at", "<=", fields.Datetime.now() - AHEAD)]).unlink()
