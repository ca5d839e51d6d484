"""Returning a dispatch and calling back in a real browser."""

from odoo.tests import HttpCase, tagged

from ...base.tests.common import WaterPeople


@tagged("post_install", "-at_install")
class TestCallbackTour(WaterPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()

    def test_department_returns_a_dispatch(self):
        case = self._inquiry(subject="Tour: not ours")
        dispatch = self._dispatch(case)
        self.start_tour(
            "/odoo/water-dispatches", "water_dispatch_return_tour", login="water_department"
        )
        self.env.invalidate_all()
        self.assertEqual(
            (dispatch.state, dispatch.reject_reason), ("rejected", "It is about water quality")
        )
        self.assertEqual(dispatch.reject_reason_id.code, "NOT_OURS")
        self.assertEqual(case.rejection_count, 1)
        self.assertWhole(case)

    def test_call_back_reopens(self):
        self._category("gn").inquiry_callback_percent = 100
        case = self._inquiry(subject="Tour: still leaks", answer="It is repaired.")
        self._as("agent", case).action_answer_and_close()
        self.start_tour(
            "/odoo/water-call-backs", "water_callback_reopen_tour", login="water_quality"
        )
        self.env.invalidate_all()
        self.assertEqual((case.state, case.reopen_count), ("processing", 1))
        self.assertEqual(case.callback_ids.answer_ids[0].yes_no, "no")
        self.assertEqual(case.callback_ids.former_handler_ids, self.users["agent"])
        self.assertFalse(case.user_id)
        self.assertWhole(case)
