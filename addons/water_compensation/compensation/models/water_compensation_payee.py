from odoo import models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.trust import trusted

from .water_compensation import LIVE

#: How the keys begin of what has come of an application about a bill.
BY_APPLICATION = ("leak:", "meter:")


class WaterCompensation(models.Model):
    """A holder who is entered later than he came is paid what has been his since (S3.2.3a).

    What is not decided follows; what is approved is decided anew, and its draft entry cancelled;
    what is posted is not paid to him, but booked back and decided anew; what is paid stays.
    """

    _inherit = "water.compensation"

    def _rightful(self):
        """{res.partner} it is owed to by what is known of the account now; nobody where people, or
        a case, have named him.
        """
        root = self._root()
        if root.incident_id and root._is_of_incident():
            return root.account_id._holder_at(root.failed_at)
        application = root._application()
        one = application is not None and not application._holder_change()
        return application._payee() if one else self.env["res.partner"]

    def _root(self):
        """What it was first worked out as: differences and penalties follow that."""
        row = self.penalty_of_id or self
        return row.corrects_id or row

    def _application(self):
        """The application about a bill of which it has come, if any."""
        if not (self.origin_key or "").startswith(BY_APPLICATION):
            return None
        for model in ("water.leak.allowance", "water.meter.refund"):
            # sudo: an application - whose bill it was, for whoever decides and pays
            found = self.env[model].sudo().search([("compensation_id", "=", self.id)], limit=1)
            if found:
                return found
        return None

    def _application_makers(self):
        """Who has written the application about a bill of which it has come."""
        root = self._root()
        application = root._application()
        if application is None and (root.origin_key or "").startswith("meter:"):
            number = int(root.origin_key.split(":")[1])  # that of its fee alone
            application = self.env["water.meter.refund"].sudo().browse(number)
        return self.env["res.users"] if application is None else application._makers()

    def _holders_fault(self):
        """Why nobody decides or pays what two holders were billed, as a part of a sentence."""
        application = self.sudo()._root()._application()
        day = application is not None and application._holder_change()
        words = self.env._(
            "the holder changed on %s, within what was billed: withdraw it, and hand in an"
            " application for each of the two",
            day,
        )
        return [words] if day else []

    def _decision_faults(self, bands, barred):
        return super()._decision_faults(bands, barred) or self._holders_fault()

    def _dropping_faults(self):
        """What another bill was worked out of stays, until that one is taken back."""
        taken = self.payment_state == "reversed"  # by finance: nothing goes by it any more
        found = [] if taken else [row for row in self._followers() if row.compensation_id]
        words = self.env._(
            "%s was worked out of what this one gives back: withdraw that one first",
            ", ".join(row.compensation_id.name for row in found),
        )
        return [*super()._dropping_faults(), *([words] if found else [])]

    def _after_dropped(self):
        """Where the whole of it was taken off another bill, that one gives it now."""
        super()._after_dropped()
        self._follow_booking()

    def _followers(self):
        """Applications that were worked out of what this one gives back."""
        application = self._application()
        return application._worked_out_of_it() if application is not None else []

    def _follow_booking(self):
        """Finance has booked it, or has taken it back: what goes by it follows."""
        for row in trusted(self.sudo()):
            for application in row._followers():
                application._work_out_again(self.env._("%s was booked otherwise", row.name))

    def _other_payee(self):
        """{res.partner} it is owed to, where that is another than it says."""
        payee = self._rightful()
        return payee.browse() if payee._water_is_same_payee(self.partner_id) else payee

    def _follow_holder(self):
        for row in self:
            payee = row._other_payee()
            if payee:
                row._take_payee(payee)

    def _check_pay(self):
        """Nor to whom it is not owed, as it has turned out after it was booked.

        :raises UserError: who held the account, and what is to be done
        """
        super()._check_pay()
        payee = self.sudo()._other_payee()
        if payee:
            fault = self.env._(
                "%s held the account when it arose: reverse the entry, and make it anew", payee.name
            )
            raise UserError(self._refused_text([fault]))
        faults = self._holders_fault()
        if faults:
            raise UserError(self._refused_text(faults))

    def _make_anew(self):
        """What was booked for another goes to who is right, and is decided anew."""
        super()._make_anew()
        trusted(self.sudo())._follow_holder()

    def _take_payee(self, payee):
        """Not posted yet: another is paid, and it is decided anew if it was approved."""
        values = {"partner_id": payee.id, **self._undecided()}
        self.write(values)
        self._log_case("payee")
        if "state" in values:
            self._after_proposed()


class WaterAccount(models.Model):
    """Another holder, perhaps since a day that has passed."""

    _inherit = "water.account"

    def write(self, vals):
        done = super().write(vals)
        if "partner_id" in vals:
            # sudo: water.compensation - whoever enters a holder need not see compensations
            rows = self.env["water.compensation"].sudo()
            waiting = rows.search(
                [
                    ("account_id", "in", self.ids),
                    ("state", "in", LIVE),
                    ("payment_state", "not in", ("posted", "paid")),
                ]
            )
            trusted(waiting)._follow_holder()
        return done
