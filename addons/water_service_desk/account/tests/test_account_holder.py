from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import WaterCommon, local


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestAccountHolder(WaterCommon):
    """Who held an account at a moment, to the second."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls.env["res.partner"].create({"name": "王五"})

    def setUp(self):
        super().setUp()
        self.account = self.env["water.account"].create(
            {"code": "H-9", "partner_id": self.customer.id, "address": "东城路9号"}
        )

    def _hand_to(self, holder, moment):
        self.account.write({"partner_id": holder.id, "holder_since": local(moment)})

    def _names(self, *moments):
        """Names of its holders at each of them, from the database."""
        self.env.invalidate_all()
        return [self.account._holder_at(local(moment)).name for moment in moments]

    def test_the_last_second_of_a_day(self):
        """A holder from 23:59:59 holds it then; one from midnight does not."""
        moments = ("2026-03-09 23:59:58", "2026-03-09 23:59:59", "2026-03-10 00:00:00")
        self._hand_to(self.customer2, "2026-03-09 23:59:59")
        self.assertEqual(self._names(*moments), ["张伟", "李娜", "李娜"])
        self._hand_to(self.third, "2026-03-10 00:00:00")
        self.assertEqual(self._names(*moments), ["张伟", "李娜", "王五"])

    def test_corrected_to_the_same_moment(self):
        """A wrong name, put right with the same day of the move, has never held it."""
        self._hand_to(self.customer2, "2026-03-05 09:00")
        self._hand_to(self.third, "2026-03-05 09:00")
        names = self._names("2026-03-05 08:59:59", "2026-03-05 09:00:00")
        self.assertEqual(names, ["张伟", "王五"])

    def test_order_of_precedence(self):
        self._hand_to(self.customer2, "2026-03-05 09:00")
        with (
            self.assertRaisesRegex(ValidationError, "came later than that"),
            self.env.cr.savepoint(),
        ):
            self._hand_to(self.third, "2026-03-05 08:59:59")
        self.env.invalidate_all()
        self.assertEqual(self.account.partner_id, self.customer2)
        self.assertEqual(self.account.former_holder_ids.partner_id, self.customer)

    def test_unassigned_after_former_handler(self):
        """Without the first day, the holder would see the previous one's data."""
        self._hand_to(self.customer2, "2026-03-05 09:00")
        for login in ("agent", "supervisor", "manager"):
            mine = self._as(login, self.account)
            for values in ({}, {"partner_id": self.customer2.id}):
                with (
                    self.subTest(login=login, values=values),
                    self.assertRaisesRegex(ValidationError, "came later than that"),
                    self.env.cr.savepoint(),
                ):
                    mine.write({**values, "holder_since": False})

    def test_the_same_holder_again_changes_nothing(self):
        self._hand_to(self.customer, "2026-03-05 09:00")
        self.assertFalse(self.account.former_holder_ids)
        self.assertEqual(self._names("2026-03-01 09:00"), ["张伟"])
