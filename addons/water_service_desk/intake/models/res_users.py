import logging
from contextlib import contextmanager
from datetime import timedelta

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessDenied, UserError
from odoo.http import request

from ..sources import source_of

_logger = logging.getLogger(__name__)
#: So many different logins may fail from one address for each failure that one of them may have.
LOGINS = 5
#: Letters to set a new password that one address may ask for, and one login may get, in an hour.
RESETS = {"reset_source": 10, "reset_login": 3}


class ResUsers(models.Model):
    """Attempts to sign in are counted in the database: for all workers, whatever the address."""

    _inherit = "res.users"

    @contextmanager
    def _assert_can_auth(self, user=None):
        """Refuse whoever has failed too often lately, by Odoo's own two parameters.

        Odoo counts in each process, and begins anew whenever anybody signs in from there.

        :raises AccessDenied: too many failures, or a wrong password
        """
        subjects = self._sign_in_subjects(user) if request else {}
        if subjects and self._has_failed_often(subjects):
            _logger.warning("Too many failed attempts to sign in: one more is not looked at.")
            raise AccessDenied(self.env._("Too many wrong passwords. Wait some minutes, please."))
        try:
            with super()._assert_can_auth(user=user):
                yield
        except AccessDenied:
            self._count_failure({kind: subject for kind, (subject, _most) in subjects.items()})
            raise

    @api.model
    def _sign_in_subjects(self, user):
        """{kind of attempt: (by whom, how many)}; nothing when Odoo's limit is off."""
        # sudo: ir.config_parameter - limits for whoever has not signed in yet
        most = int(self.env["ir.config_parameter"].sudo().get_param("base.login_cooldown_after", 5))
        source = source_of(request.httprequest.remote_addr)
        who = str(user or "").strip().lower()[:200]
        return {
            "sign_in": (f"{source},{who}", most),
            "sign_in_source": (source, most * LOGINS),
        }

    @contextmanager
    def _attempts_apart(self):
        """The counters in a transaction of their own; nobody has signed in who could have them."""
        with self.env.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})["water.attempt"]

    @api.model
    def _has_failed_often(self, subjects):
        """Asked apart from the request, for whoever is counted first makes the day's secret."""
        with self._attempts_apart() as attempts:
            return any(attempts._is_over(kind, *subject) for kind, subject in subjects.items())

    @api.model
    def _count_failure(self, subjects):
        """In a transaction of its own: that of the request is taken back."""
        # sudo: ir.config_parameter - as above
        parameters = self.env["ir.config_parameter"].sudo()
        lasts = timedelta(seconds=int(parameters.get_param("base.login_cooldown_duration", 60)))
        with self._attempts_apart() as attempts:
            for kind, subject in subjects.items():
                attempts._keep(kind, subject, lasts)

    def reset_password(self, login):
        """Send the letter as Odoo does; the answer says nothing about who has a login here.

        :raises UserError: when too many were asked for from here or for this login
        """
        if not request:
            return super().reset_password(login)
        attempts = self.env["water.attempt"]
        subjects = {
            "reset_source": source_of(request.httprequest.remote_addr),
            "reset_login": str(login).strip().lower()[:200],
        }
        if not all(attempts._take(kind, who, RESETS[kind]) for kind, who in subjects.items()):
            raise UserError(self.env._("Too many letters were asked for. Try again in an hour."))
        try:
            with self.env.cr.savepoint():
                super().reset_password(login)
        except Exception as error:  # auth_signup raises a plain Exception for unknown logins
            _logger.info("No letter to set a new password was sent: %s", error)
        return True
