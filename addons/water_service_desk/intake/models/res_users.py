import hashlib
import logging
from contextlib import contextmanager
from datetime import timedelta
from threading import BoundedSemaphore

from psycopg2.errors import LockNotAvailable

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessDenied, UserError
from odoo.http import request
from odoo.tools import SQL

from ...base.asking import asking
from ...base.trust import trusted
from ..sources import source_of

_logger = logging.getLogger(__name__)
#: Failed logins per address, as a multiple of those of one login.
LOGINS = 5
#: Most attempts at the same time in one process, and the longest wait: each holds database
#: connections that other pages need.
AT_ONCE, LONGEST = BoundedSemaphore(8), "2s"
#: Letters to set a new password that one address may ask for, and one login may get, in an hour.
RESETS = {"reset_source": 10, "reset_login": 3}


class ResUsers(models.Model):
    """Counts attempts to sign in in the database: for all workers and addresses."""

    _inherit = "res.users"

    @contextmanager
    def _assert_can_auth(self, user=None):
        """Refuse after too many recent failures, by Odoo's own two parameters.

        Odoo counts in each process, and resets the count whenever anyone signs in from the address.

        :raises AccessDenied: too many failures, or a wrong password
        """
        subjects = self._sign_in_subjects(user) if asking() else {}
        if not subjects:
            with super()._assert_can_auth(user=user):
                yield
            return
        with self._one_by_one(subjects["sign_in"][0]):
            tried = self._try_to_sign_in(subjects)
            wrong = False
            try:
                with super()._assert_can_auth(user=user):
                    yield
            except AccessDenied:
                wrong = True
                raise
            finally:
                if not wrong:
                    self._forget_tries(tried)

    @api.model
    def _sign_in_subjects(self, user):
        """Return {kind of attempt: (key, limit)}; empty if Odoo's limit is off."""
        # sudo: ir.config_parameter - limits before the sign-in
        most = int(self.env["ir.config_parameter"].sudo().get_param("base.login_cooldown_after", 5))
        source = source_of(asking().remote_addr)
        who = str(user or "").strip().lower()[:200]
        return {
            "sign_in": (f"{source},{who}", most),
            "sign_in_source": (source, most * LOGINS),
        }

    @contextmanager
    def _attempts_in_own_transaction(self):
        with self.env.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})["water.attempt"]

    @contextmanager
    def _one_by_one(self, subject):
        """Serialize attempts at one login from one address over all workers.

        The lock belongs to a connection of its own, and ends with it if a worker dies. Waiting is
        short: a crowd here would block the other pages.

        :raises AccessDenied: if too many try at once
        """
        if not AT_ONCE.acquire(blocking=False):
            raise self._too_many(self.env._("Too many sign in at once. Try again in a moment."))
        try:
            with self.env.registry.cursor() as cr:
                self._wait_for_turn(cr, subject)
                try:
                    yield
                finally:
                    cr.commit()  # pylint: disable=invalid-commit
        finally:
            AT_ONCE.release()

    @api.model
    def _wait_for_turn(self, cr, subject):
        digest = hashlib.sha256(f"sign_in:{subject}".encode()).digest()
        key = int.from_bytes(digest[:8], signed=True)
        cr.execute(SQL("SET LOCAL lock_timeout = %s", LONGEST))
        try:
            lock = SQL("SELECT pg_advisory_xact_lock(%s)", key)
            cr.execute(lock, log_exceptions=False)
        except LockNotAvailable:
            text = self.env._("Too many sign in at once. Try again in a moment.")
            raise self._too_many(text) from None

    @api.model
    def _too_many(self, text):
        """Return the error of a refused attempt; the page gets its status."""
        if request:
            request.water_sign_in_refused = True
        return AccessDenied(text)

    def _login(self, credential, user_agent_env):
        """Spend the time of a password check for unknown logins too, so that they cannot be told
        apart.
        """
        try:
            return super()._login(credential, user_agent_env)
        except AccessDenied as error:
            is_looked_at = error.args == AccessDenied().args
            if is_looked_at and credential.get("type") == "password" and credential.get("password"):
                self._work_for_nobody(str(credential.get("login")))
            raise

    @api.model
    def _work_for_nobody(self, login):
        user = self.sudo().search(
            self._get_login_domain(login), order=self._get_login_order(), limit=1
        )
        kept = SQL("SELECT 1 FROM res_users WHERE id = %s AND password <> ''", user.id or 0)
        if not self.env.execute_query(kept):
            self._crypt_context().hash("nobody")

    @api.model
    def _try_to_sign_in(self, subjects):
        """Count the attempt before the password is checked, visible to other workers.

        In transactions apart from the request's, which is rolled back.

        :param subjects: {kind of attempt: (key, limit)}
        :return: ids of the counted attempts
        :raises AccessDenied: too many failures
        """
        # sudo: ir.config_parameter - as above
        parameters = self.env["ir.config_parameter"].sudo()
        lasts = timedelta(seconds=int(parameters.get_param("base.login_cooldown_duration", 60)))
        with self._attempts_in_own_transaction() as attempts:
            rows = [attempts._keep(kind, who, lasts) for kind, (who, _most) in subjects.items()]
            tried = [row.id for row in rows]
        with self._attempts_in_own_transaction() as attempts:
            over = any(
                attempts._is_over(kind, who, most and most + 1)
                for kind, (who, most) in subjects.items()
            )
        if over:
            self._forget_tries(tried)
            _logger.warning("Too many failed attempts to sign in: one more is not looked at.")
            raise self._too_many(self.env._("Too many wrong passwords. Wait some minutes, please."))
        return tried

    @api.model
    def _forget_tries(self, tried):
        """Remove attempts that were no wrong password."""
        with self._attempts_in_own_transaction() as attempts:
            trusted(attempts).browse(tried).unlink()

    def reset_password(self, login):
        """Send the letter as Odoo does; the answer does not reveal which logins exist.

        :raises UserError: after too many requests from the address or for the login
        """
        if not asking():
            return super().reset_password(login)
        attempts = self.env["water.attempt"]
        subjects = {
            "reset_source": source_of(asking().remote_addr),
            "reset_login": str(login).strip().lower()[:200],
        }
        attempts._turn("reset_login", subjects["reset_login"])
        if not all(attempts._take(kind, who, RESETS[kind]) for kind, who in subjects.items()):
            raise UserError(self.env._("Too many letters were asked for. Try again in an hour."))
        try:
            with self.env.cr.savepoint():
                super().reset_password(login)
        except Exception as error:  # auth_signup raises a plain Exception for unknown logins
            _logger.info("No letter to set a new password was sent: %s", error)
        return True
