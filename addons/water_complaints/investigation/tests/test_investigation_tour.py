"""Investigation and negotiation in a real browser."""

import hashlib

from odoo.tests import HttpCase, tagged

from ...complaint.tests.common import ComplaintPeople
from .common import FactBuilder


@tagged("post_install", "-at_install")
class TestFactTour(FactBuilder, ComplaintPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()
        for user in cls.users.values():
            user.lang = "en_US"  # the tours read English words

    def _tour(self, case, name, login):
        self.start_tour(f"/odoo/water-complaints/{case.id}", name, login=f"water_{login}")
        case.invalidate_recordset()

    def test_department_investigates(self):
        """Concluded too soon: refused in words. With photo and judgement: allowed."""
        case = self._complaint_at("investigating")
        self._tour(case, "water_investigation_tour", "department")
        evidence = case.evidence_ids
        self.assertRecordValues(
            evidence,
            [
                {
                    "title": "The meter reads 21",
                    "mimetype": "image/jpeg",
                    "author_id": self.users["department"].id,
                }
            ],
        )
        self.assertTrue(evidence.file_name.endswith("meter.jpg"))
        seal = hashlib.sha256(evidence.attachment_id.raw).hexdigest()
        self.assertEqual(evidence.checksum, seal)
        self.assertEqual((case.state, case.basis_evidence_ids), ("handling", evidence))
        self.assertEqual(case.demand_ids.verdict, "supported")
        self.assertWhole(case)

    def test_agent_negotiates(self):
        """A plan needs actions; an accepted round puts its version in force."""
        case = self._complaint_at("handling")
        self._tour(case, "water_negotiation_tour", "agent")
        plan, talk = case.resolution_ids, case.negotiation_ids
        self.assertEqual((plan.state, plan.version), ("accepted", 1))
        self.assertEqual((talk.answer, talk.resolution_id), ("accepted", plan))
        self.assertEqual(talk.user_id, self.users["agent"])
        self.assertEqual(case.settlement, talk.settlement)
        self.assertIn("Correct the bill", case.plan)
        self.assertWhole(case)
