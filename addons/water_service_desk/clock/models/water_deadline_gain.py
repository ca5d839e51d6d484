from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class WaterDeadline(models.Model):
    """Nobody gives himself more time by the rules and calendars that he keeps."""

    _inherit = "water.deadline"

    @contextmanager
    def _nobody_gains(self):
        """What is done meanwhile gives whoever does it no more time for work of his own.

        All or nothing: no clock is left beside its calendar. What the system and administrators
        do is free, as are the holidays that are loaded by themselves.

        :raises UserError: with the cases that would have more time
        """
        is_free = self.env.su or self.env.user.has_group("base.group_system")
        mine = self.browse() if is_free else self._held_by(self.env.user)
        before = {clock: clock.due_at for clock in mine}
        yield
        later = [clock for clock, due in before.items() if clock.due_at > due]
        if later:
            self.env.registry.clear_cache()  # it holds what is taken back with the refusal
            cases = sorted({clock._case().name for clock in later})
            raise UserError(
                self.env._(
                    "This gives you more time for your own work: %s. Have another one do it, or"
                    " hand these cases over first.",
                    ", ".join(cases[:5]),
                )
            )

    def _held_by(self, user):
        """Clocks that run for work which ``user`` has, with superuser rights."""
        his = self._held_domain(user)
        runs = Domain("met_at", "=", False) & Domain("state", "in", ("running", "paused"))
        # sudo: water.deadline - of his own cases, whatever he may see of them now
        return self.sudo().search(runs & his).filtered(lambda row: user in row._holder()[1])

    @api.model
    def _held_domain(self, user):
        """What may run for work of ``user``, as a Domain; rooms know of more than his cases."""
        people, links = ("user_id", "first_responsible_id"), self._case_models()
        return Domain.OR(
            Domain(f"{link}.{name}", "=", user.id) for link in links for name in people
        )
