from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import NOW, WaterCommon, local
from ...base.trust import trusted
from ...case.models.mail_followers import MANY


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSweepMany(WaterCommon):
    """Limits of which many end together cost hardly more queries than few, and say the same."""

    def _late(self, count):
        values = self._inquiry_values(received_at=local("2026-03-05 10:00"))
        return self.env["water.inquiry"].create([dict(values) for _number in range(count)])

    def _queries(self, count):
        self._late(count)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._sweep()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _followers(self, case):
        return {
            (follower.partner_id.id, tuple(sorted(follower.subtype_ids.ids)))
            for follower in case.message_follower_ids
        }

    def test_queries(self):
        """A sweep of many is one of few: people are told, and follow, in few statements."""
        self._queries(2)
        few, many = self._queries(MANY), self._queries(3 * MANY)
        self.assertLessEqual(many, few + 15)  # rows go in by the hundred

    def test_they_follow_as_ever(self):
        """Assignees of activities follow the case, with the same subtypes as for a single one."""
        one = self._late(1)
        self._sweep()
        self.assertTrue(one.activity_ids)
        self.assertTrue(self._followers(one))
        many = self._late(MANY + 1)
        followed = many[:1]
        followed.message_subscribe(one.message_follower_ids.partner_id.ids)  # before, and once
        self.assertFalse(many[1:].message_follower_ids)
        self._sweep()
        for case in many:
            self.assertEqual(self._followers(case), self._followers(one))
            self.assertEqual(case.message_partner_ids, one.message_partner_ids)

    def test_to_dos_as_ever(self):
        """A to-do of the sweep is what Odoo makes of one that says as little as it may."""
        case = self._late(1)
        self._sweep()
        row = case.activity_ids[:1]
        given = ("res_id", "activity_type_id", "summary", "date_deadline", "user_id")
        values = row._convert_to_write({name: row[name] for name in given})
        model = self.env["ir.model"]._get_id(case._name)
        plain = self.env["mail.activity"].create({**values, "res_model_id": model})
        self.assertEqual(row.res_model, "water.inquiry")
        for name in ("res_model", "res_name", "user_tz", "active", "automated", "date_done"):
            self.assertEqual(row[name], plain[name], name)

    def test_to_dos_of_the_night(self):
        """Ending before 8 a.m. means that day, not the previous one in UTC."""
        case = self._late(1)
        trusted(case.deadline_ids).write({"due_at": local("2026-03-10 00:30")})
        self._sweep()
        self.assertEqual(set(map(str, case.activity_ids.mapped("date_deadline"))), {"2026-03-10"})

    def test_chosen_defaults_hold(self):
        """User defaults for new activities apply to those of the sweep too."""
        self.env["ir.default"].set("mail.activity", "note", "<p>请核实</p>")
        case = self._late(1)
        self._sweep()
        self.assertTrue(case.activity_ids)
        self.assertEqual(set(case.activity_ids.mapped("note")), {"<p>请核实</p>"})
