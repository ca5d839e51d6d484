from odoo.tests import tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintQueue(ComplaintCommon):
    """Complaints are allocated automatically, never to barred people."""

    def test_never_to_the_person_complained_of(self):
        people = self.users["agent"] | self.users["agent2"]
        queue = self.env["water.queue"].create(
            {"name": "投诉", "kind": "water.complaint", "member_ids": people.ids}
        )
        cases = [self._complaint("integration") for _index in range(3)]
        for case in cases:
            case.person_complained_id = self.users["agent"]
        queue._allocate()
        for case in cases:
            self.assertEqual(case.user_id, self.users["agent2"])
