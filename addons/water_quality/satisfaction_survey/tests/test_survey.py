import base64
import csv
import io

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.trust import trusted

from ..drawing import draw_key

WIZARD = "water.table.import.wizard"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-18 02:00:00")
class TestSurvey(ComplaintCommon, HttpCase):
    """A random sample, results of a third party, published figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.partner"].create(
            [{"name": f"客户{place}", "phone": f"1380013{place:04}"} for place in range(6)]
        )
        cls.cases = cls.env["water.complaint"]
        for place in range(8):  # two customers have two cases each
            person = cls.people[place % 6]
            cls.cases |= cls._settled(person)

    @classmethod
    def _settled(cls, person, **values):
        given = cls._complaint_values(partner_id=person.id)
        case = cls.env["water.complaint"].create(given)
        closed = {"state": "archived", "closed_at": "2026-02-10 02:00:00", **values}
        trusted(case).write(closed)
        return case

    def _survey(self, **values):
        values = {
            "name": "2026 年满意度测评",
            "date_from": "2026-02-01",
            "date_to": "2026-02-28",
            "seed": "qinghe",
            "size": 4,
            **values,
        }
        return self._as("quality", self.env["water.satisfaction.survey"]).create(values)

    def _drawn(self, **values):
        survey = self._survey(**values)
        survey.action_draw()
        return survey.sudo()

    def _read(self, rows):
        """Read results in as the supervisor does, and return the report."""
        stream = io.StringIO()
        writer = csv.writer(stream)
        writer.writerow(["工单编号", "访问结果", "总体满意度", "客户原话"])
        writer.writerows(rows)
        wizard = self._as("supervisor", self.env[WIZARD]).create(
            {
                "kind": "water.satisfaction.survey.line",
                "file": base64.b64encode(stream.getvalue().encode()),
            }
        )
        wizard.action_import()
        return wizard.report

    def test_erasure_reaches_what_was_said(self):
        """Names and numbers go from the words with the case; answer and case number stay."""
        survey = self._drawn()
        line = survey.line_ids[:1]
        person = line.complaint_id.partner_id
        said = f"{person.name}说：电话{person.phone}没人打"
        self._read([(line.number, "已答", "3", said)])
        self._read([(line.number, "已答", "4", said)])
        self.assertEqual(line.words, said)
        with freeze_time("2040-01-01 02:00:00"):
            acts.erase(line.complaint_id.sudo(), "保存期满")
        line.invalidate_recordset()
        self.assertNotIn(person.phone, line.words)
        self.assertNotIn(person.name, line.words + line.former_text)
        self.assertEqual(
            (line.result, line.score, line.number), ("answered", 4, line.complaint_id.name)
        )

    # -- drawing ------------------------------------------------------------------------------

    def test_drawn_by_numbers_and_seed_alone(self):
        survey = self._drawn(size=6)
        order = sorted(self.cases, key=lambda case: draw_key(survey.seed, case.name))
        people, expected = set(), []
        for case in order:
            if case.partner_id not in people:
                people.add(case.partner_id)
                expected.append(case.name)
        self.assertEqual(survey.line_ids.mapped("number"), expected)
        self.assertEqual(survey.population, 6)

    def test_seeds_cannot_be_tried(self):
        """The chosen words alone do not decide; the system adds others."""
        before = "qinghe"
        seeds = {self._drawn(seed=before).seed for _survey in range(2)}
        self.assertEqual(len(seeds), 2)
        self.assertTrue(all(seed.startswith(f"{before} ") for seed in seeds))

    def test_excluded_people(self):
        silent = self.env["res.partner"].create({"name": "无电话"})
        self._settled(silent)
        self._settled(self.people[0], closed_at="2026-02-28 16:00:00")  # 1 March in China
        withdrawn = self._settled(self.people[1], state="withdrawn")
        survey = self._drawn(size=100)
        self.assertEqual(len(survey.line_ids), 6)
        self.assertNotIn(withdrawn.name, survey.line_ids.mapped("number"))

    def test_period_ended_without_anyone_to_ask(self):
        with self.assertRaisesRegex(ValidationError, "has not ended"):
            self._survey(date_to="2026-03-18").action_draw()
        empty = self._survey(date_from="2020-01-01", date_to="2020-02-01")
        with self.assertRaisesRegex(UserError, "No customer"):
            empty.action_draw()
        self.assertEqual(empty.state, "draft")

    def test_drawn_once_and_fixed(self):
        survey = self._drawn()
        with self.assertRaisesRegex(UserError, "not at that step"):
            self._as("quality", survey).action_draw()
        with self.assertRaisesRegex(UserError, "stay as they were"):
            self._as("quality", survey).seed = "better"
        with self.assertRaises(AccessError):
            self._as("manager", survey.line_ids[0]).score = 5

    # -- results ------------------------------------------------------------------------------

    def test_results_and_figures(self):
        survey = self._drawn()
        first, second, third, _fourth = survey.line_ids.mapped("number")
        self.assertEqual((survey.response, survey.satisfaction), ("0.0 %", "–"))
        self._read([(first, "已答", 5, "很好"), (second, "已答", 2, ""), (third, "拒访", "", "")])
        self.assertEqual((survey.response, survey.satisfaction), ("50.0 %", "50.0 %"))
        self.assertEqual(survey.average, 3.5)
        self.assertEqual(
            survey.line_ids.mapped("result"), ["answered", "answered", "refused", False]
        )
        self._read([(first, "未接通", "", "")])
        self.assertEqual(survey.answered_count, 1)
        line = survey.line_ids[0]
        self.assertIn("Answered · 5 · 很好", line.former_text)
        self.assertIn(self.users["supervisor"].name, line.former_text)
        self.assertFalse(survey.line_ids[1].former_text)

    def test_drawn_case_stays_secret_from_person_concerned(self):
        survey = self._drawn(size=6)
        trusted(survey.line_ids[0].complaint_id).person_complained_id = self.users["quality"]
        self.env.invalidate_all()
        self.assertEqual(self._as("quality", survey).drawn_count, 5)
        self.assertEqual(survey.sudo().drawn_count, 6)
        self.assertEqual(survey._public_card()["sample"], 6)

    def test_rows_that_are_refused(self):
        survey = self._drawn()
        first = survey.line_ids[0].number
        report = self._read(
            [
                (first, "已答", 9, ""),
                (first, "也许", 3, ""),
                ("TS-0", "已答", 3, ""),
                (first, "已答", "", ""),
            ]
        )
        for words in ("not: 9", "也许", "TS-0 was not drawn", "score from 1 to 5"):
            self.assertIn(words, report)
        self.assertFalse(survey.line_ids[0].result)

    def test_only_who_keeps_surveys_reads_in(self):
        self._drawn()
        wizard = self._as("supervisor", self.env[WIZARD]).create(
            {
                "kind": "water.satisfaction.survey.line",
                "file": base64.b64encode("工单编号\nx".encode()),
            }
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.users["agent"]).action_import()

    def test_counted_and_published_by_two(self):
        survey = self._drawn()
        keeper = self._as("quality", survey)
        with self.assertRaisesRegex(UserError, "Read the results"):
            keeper.action_close()
        self._read([(survey.line_ids[0].number, "已答", 4, "")])
        keeper.action_close()
        manager = self._as("manager", survey)
        with self.assertRaisesRegex(AccessError, "A manager publishes"):
            keeper.action_publish()
        with self.assertRaisesRegex(UserError, "what is done about it"):
            manager.action_publish()
        manager.measures = "增加周末窗口"
        manager.action_publish()
        self.assertEqual(survey.state, "published")
        report = self._read([(survey.line_ids[0].number, "已答", 1, "")])
        self.assertIn("counted already", report)
        self.assertEqual(survey.line_ids[0].score, 4)

    # -- pages --------------------------------------------------------------------------------

    def test_published_figures_are_visible_to_all(self):
        self.company.water_public_open = True
        self.assertEqual(self.url_open("/water/satisfaction").status_code, 404)
        self.assertNotIn("/water/satisfaction", self.url_open("/water").text)
        survey = self._drawn()
        self._read([(survey.line_ids[0].number, "已答", 4, "客户的话")])
        self._as("quality", survey).action_close()
        self._as("manager", survey).measures = "增加周末窗口"
        self._as("manager", survey).action_publish()
        text = self.url_open("/water/satisfaction").text
        self.assertIn("100.0 %", text)
        self.assertIn("增加周末窗口", text)
        self.assertNotIn("客户的话", text)
        self.assertIn("/water/satisfaction", self.url_open("/water").text)

    def test_list_leaves_the_house_by_the_privacy_officer_alone(self):
        survey = self._drawn()
        with self.assertRaisesRegex(AccessError, "privacy officer"):
            self._as("quality", survey)._as_table()
        self.users["quality"].group_ids += self.env.ref("water_service_desk.group_privacy")
        name, content = self._as("quality", survey)._as_table()
        self.assertEqual(name, f"survey-{survey.id}.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
        line = survey.line_ids[0]
        self.assertIn(line.complaint_id.partner_id.phone, cells)
        places = [row[0].value for row in sheet.iter_rows(min_row=5)]
        self.assertEqual(sorted(places), sorted(survey.line_ids.mapped("place")))
