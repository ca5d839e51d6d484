"""How many cases stand in the columns of a board, when it asks for no more than a glance."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...base.tests.common import WaterCommon
from ..models import water_case_display


@tagged("post_install", "-at_install")
class TestColumns(WaterCommon):
    def setUp(self):
        super().setUp()
        self.cases = self._inquiry() | self._inquiry() | self._inquiry()
        self.here = [("id", "in", self.cases.ids)]

    def _move(self, case):
        """Have one case stand in another column."""
        self._dispatch(case)

    def _columns(self, domain=None, *, at_a_glance=True, **how):
        board = self._as("agent2", self.env["water.inquiry"])
        asks = {"read_group_expand": True, "water_columns_at_a_glance": at_a_glance}
        found = board.with_context(**asks).web_read_group(
            self.here if domain is None else domain, ["stage_id"], auto_unfold=True, **how
        )
        return [(group["stage_id"][0], group["__count"]) for group in found["groups"]]

    def test_same_as_counted(self):
        """Fewer than a glance are counted exactly, and empty columns stand in their order."""
        self._move(self.cases[0])
        columns = self._columns()
        self.assertEqual(columns, self._columns(at_a_glance=False))
        self.assertEqual(dict(columns)[self.cases[1].stage_id.id], 2)
        self.assertIn(0, dict(columns).values())

    def test_many(self):
        """For more, no more are read; the bars still know all."""
        stage = self.cases.stage_id
        with patch.object(water_case_display, "GLANCE", 1):
            self.assertEqual(dict(self._columns())[stage.id], 2)
            self.assertEqual(dict(self._columns(at_a_glance=False))[stage.id], 3)
            bars = {"field": "deadline_state", "colors": {"ok": "success", "none": "200"}}
            board = self._as("agent2", self.env["water.inquiry"])
            asked = board.with_context(water_columns_at_a_glance=True)
            counts = asked.read_progress_bar(self.here, "stage_id", bars)
        self.assertEqual(sum(counts[str(stage.id)].values()), 3)

    def test_only_what_is_shown(self):
        """Rules hold for the number as for the cards; a column that is put away keeps its cases."""
        restricted = self.env["water.category"].search([("restricted", "=", True)], limit=1)
        hidden = self._inquiry(category_id=restricted.id)
        self.here = [("id", "in", (self.cases | hidden).ids)]
        self.cases.stage_id.copy({"sequence": 0})  # so that the first may be put away
        self.cases.stage_id.active = False
        columns = self._columns()
        self.assertEqual(columns, self._columns(at_a_glance=False))
        self.assertEqual(sum(dict(columns).values()), 3)
        with self.assertRaises(AccessError):
            self._as("plain", self.env["water.inquiry"]).with_context(
                water_columns_at_a_glance=True
            ).web_read_group(self.here, ["stage_id"])

    def test_pages_and_nothing(self):
        """A part of the columns is counted as usual; no columns, no count."""
        self._move(self.cases[0])
        self.assertEqual(self._columns(limit=1), self._columns(limit=1, at_a_glance=False))
        self.assertEqual(set(dict(self._columns([("id", "=", 0)])).values()), {0})
