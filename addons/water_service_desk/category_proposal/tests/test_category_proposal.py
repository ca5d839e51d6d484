"""Categories proposed from words: learned from the company's cases, or by their key words."""

from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import NOW, WaterCommon
from .. import learning
from ..learned import Learned, cut

#: Where it is reported that a step with one row has failed.
APART = "odoo.addons.water_service_desk.base.isolated"
#: words that occur in no category
SAID = {
    "bl02": ("师傅没有来看过就写了个数", "本子上的字和门口那个对不上"),
    "wq01": ("脸盆接出来像茶一样", "洗的白衬衫全染了"),
    "lk01": ("马路中间往上冲好几米高", "整条街都淹了像小河"),
}


class TestLearned(TransactionCase):
    def test_cut(self):
        """Runs of one to three characters, words of other scripts; no personal numbers."""
        self.assertEqual(cut("水黄"), ["水", "黄", "水黄"])
        self.assertEqual(cut("PVC 管 13812345678"), ["pvc", "管"])
        self.assertEqual(cut(None), [])

    def test_pack(self):
        found = learning.learn(
            [(text, code) for code, texts in SAID.items() for text in texts * 3], {}
        )
        again = Learned.unpack(found.pack())
        self.assertEqual(again.codes, found.codes)
        self.assertEqual(again.best("茶一样的", 1), ["wq01"])
        self.assertEqual(found.best("", 3), [])

    def test_single_statement_is_not_kept(self):
        cases = [(text, code) for code, texts in SAID.items() for text in texts * 3]
        found = learning.learn([*cases, ("张三丰住在武当山", "bl02")], {})
        self.assertNotIn("张", found.words)

    def test_parts(self):
        """The newest month is set apart, at least a tenth and at most a third."""
        days = [*range(90), *[100] * 30]
        rows = [(date(2026, 1, 1) + timedelta(days=day), "", "") for day in days]
        before, newest = learning.parts(rows)
        self.assertEqual(len(before) + len(newest), 120)
        self.assertEqual(len(newest), 40, "a third: the month has 49")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCategoryProposal(WaterCommon):
    def _cases(self, times):
        rows = [(code, text) for code, texts in SAID.items() for text in texts]
        for code, text in rows * times:
            self._inquiry(category_id=self._category(code).id, subject=text, verbatim=text)

    def _run_at_night(self):
        cron = self.env.ref("water_service_desk.ir_cron_category_learning").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def _learn(self):
        with patch.object(learning, "LEAST_CASES", 6):
            self._run_at_night()
        return self.env["water.category.learning"].search(
            [("company_id", "=", self.env.company.id)]
        )

    def _first(self, text):
        return self.env["water.category"]._propose(text)[:1].code

    def test_learned(self):
        """Learned words lead to the category that key words alone do not find."""
        self.assertNotEqual(self._first("白衬衫染了"), "WQ01")
        self._cases(5)
        row = self._learn()
        self.assertTrue(row.is_learned)
        self.assertGreaterEqual(row.case_count, 30)
        self.assertEqual(self._first("白衬衫染了"), "WQ01")
        self.assertEqual(self._first("街都淹了"), "LK01")
        self.assertEqual(self._learn(), row, "one row a company")

    def test_measured(self):
        """Tried on cases outside the training data: the newest month."""
        said = [(text, code.upper()) for code, texts in SAID.items() for text in texts]
        rows = [(date(2026, month, 1), *row) for month in (1, 2, 5) for row in said]
        values = self.env["water.category.learning"]._measured(rows)
        self.assertEqual(values["hit_rate"], 100)
        self.assertLess(values["words_rate"], 100)
        self.assertEqual((values["case_count"], values["tried_count"]), (18, 6))

    def test_category_without_cases(self):
        """Its own words are learned with the cases: a new category is proposed at once."""
        self._cases(5)
        self._learn()
        self.assertIn("BL05", self.env["water.category"]._propose("发票").mapped("code"))

    def test_other_companies_teach_nothing(self):
        self._cases(5)
        self._learn()
        other = self.env["res.company"].create({"name": "西河水务"})
        self.assertIsNone(self.env["water.category"]._learned(other.id))
        self.assertTrue(self.env["water.category"]._learned(self.env.company.id))

    def test_a_company_that_fails_stops_no_other(self):
        others = self.env["res.company"].create([{"name": "西河水务"}, {"name": "南湖水务"}])
        learned = []

        def learn(rows):
            if rows.env.company == others[0]:
                raise ValueError(rows.env.company.name)
            learned.append(rows.env.company)

        learning_of = type(self.env["water.category.learning"])
        with patch.object(learning_of, "_learn", learn), self.assertLogs(APART, "ERROR"):
            self._run_at_night()
        self.assertIn(others[1], learned)
        self.assertNotIn(others[0], learned)

    def test_restricted_and_erased_teach_nothing(self):
        self._category("bl02").restricted = True
        count = len(self.env["water.category.learning"]._cases())
        self._cases(1)
        self.assertEqual(len(self.env["water.category.learning"]._cases()), count + 4)

    def test_few_cases(self):
        self.assertFalse(self.env["water.category.learning"].search([]))
        with patch.object(learning, "LEAST_CASES", 10**6):
            self._run_at_night()
        self.assertFalse(self.env["water.category.learning"].search([]))

    def test_without_the_library(self):
        """Key words propose, and it is measured how well."""
        self._cases(2)
        with patch.object(learning, "can_learn", lambda: False):
            row = self._learn()
        self.assertFalse(row.is_learned)
        self.assertEqual(row.hit_rate, row.words_rate)
        self.assertEqual(self._first("开发票"), "BL05")

    def test_article_first(self):
        """The category of the article that answers comes before what words say."""
        article = self.env["water.article"].new({"category_ids": self._category("mt02").ids})
        found = self.env["water.category"]._propose("水表漏水", article)
        self.assertEqual(found[:1].code, "MT02")
        self.assertIn("LK03", found.mapped("code"))

    def test_on_the_telephone(self):
        call = self._as("agent", self.env["water.call"]).create({"verbatim": "要开电子发票"})
        self.assertEqual(call.category_proposals[0]["id"], self._category("bl05").id)
        self.assertIn("BL05", call.category_proposals[0]["name"])

    def test_kept_by_the_system(self):
        self._cases(2)
        row = self._learn()
        with self.assertRaises(AccessError):
            self._as("manager", row).write({"hit_rate": 100})
        with self.assertRaises(AccessError):
            self._as("manager", row).read(["content"])
        with self.assertRaises(AccessError):
            self._as("agent", row).read(["hit_rate"])
        self.assertTrue(self._as("manager", row).read(["hit_rate"]))
