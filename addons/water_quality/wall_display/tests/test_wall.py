from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import SHANGHAI
from odoo.addons.water_service_desk.base.trust import trusted

from ...kpi.periods import midnight


@tagged("post_install", "-at_install")
class TestWall(ComplaintCommon, HttpCase):
    """The page on the wall, and the figures in Odoo's own digest mails."""

    def _shown(self, login="supervisor"):
        return self.env["water.wall"].with_user(self.users[login])._shown()

    def _number(self, label):
        rows = [number for row in self._shown()["rows"] for number in row]
        return dict(rows)[label]

    def test_calls_of_today(self):
        label = ("Answer rate", "Within 15 s", "Given up by callers")
        self.assertEqual([self._number(name) for name in label], ["–", "–", "–"])
        self.env["water.call.statistic"].create(
            {
                "day": datetime.now(SHANGHAI).date(),
                "name": "一组",
                "offered": 200,
                "answered": 180,
                "answered_fast": 90,
                "abandoned": 20,
            }
        )
        self.assertEqual(self._number("Calls today"), "200")
        self.assertEqual([self._number(name) for name in label], ["90.0 %", "50.0 %", "10.0 %"])

    def test_cases_and_limits(self):
        before = {name: int(self._number(name)) for name in ("Received today", "Limits exceeded")}
        case = self._complaint(received_at=fields.Datetime.now())
        self.assertEqual(int(self._number("Received today")), before["Received today"] + 1)
        clock = self._clock(case, "close")
        self.env.flush_all()
        late = fields.Datetime.now() - timedelta(minutes=1)
        board = self.env["water.deadline"].with_user(self.users["supervisor"])
        for state in ("running", "breached"):
            query = "UPDATE water_deadline SET state = %s, due_at = %s WHERE id = %s"
            self.env.cr.execute(query, (state, late, clock.id))
            self.env.invalidate_all()
            number = int(self._number("Limits exceeded"))
            self.assertEqual(number, before["Limits exceeded"] + 1, state)
            columns = {column["key"]: column for column in board.duty_board()["columns"]}
            self.assertEqual(columns["breached"]["count"], number, state)

    def test_hot_spots_by_accounts(self):
        small, large = self.env["water.zone"].create(
            [{"name": "小片", "code": "W1"}, {"name": "大片", "code": "W2"}]
        )
        today = datetime.now(SHANGHAI).date()
        for zone, accounts, cases in ((small, 1000, 5), (large, 100000, 50)):
            self.env["water.base.figure"].create(
                {
                    "kind": "accounts",
                    "month": today.replace(day=1),
                    "zone_id": zone.id,
                    "quantity": accounts,
                }
            )
            query = "INSERT INTO water_fact (day, company_id, zone_id, received) VALUES %s"
            self.env.cr.execute(query, [(today, self.company.id, zone.id, cases)])
        names = ("小片", "大片")
        hot = [spot for spot in self._shown()["hot"] if spot["zone"] in names]
        told = [(spot["zone"], spot["count"], spot["rate"]) for spot in hot]
        self.assertEqual(told, [("小片", 5, "50.0"), ("大片", 50, "5.0")])
        rates = dict.fromkeys("abcdefgh", (1, 1.0))
        shades = self.env["water.wall"]._shades(rates)
        self.assertEqual("".join(map(str, shades.values())), "44332211")
        self.assertEqual(self.env["water.wall"]._shades({"a": (1, None)}), {"a": 4})

    def test_visible_to(self):
        with self.assertRaisesRegex(AccessError, "supervisors and quality"):
            self._shown("agent")
        self.authenticate(self.users["agent"].login, self.users["agent"].login)
        self.assertEqual(self.url_open("/water/wall").status_code, 404)
        login = self.users["supervisor"].login
        self.authenticate(login, login)
        page = self.url_open("/water/wall")
        self.assertEqual((page.status_code, page.headers["Refresh"]), (200, "30"))
        self.assertIn("Content-Security-Policy", page.headers)
        self.assertNotIn("<script", page.text)

    def test_digest(self):
        """Received in the period, of the companies of the mail; who may not read it is left out."""
        now = fields.Datetime.now()
        span = {"start_datetime": now - timedelta(days=1), "end_datetime": now + timedelta(days=1)}
        digest = self.env["digest.digest"].create({"name": "x", "company_id": self.company.id})
        mail = digest.with_context(**span).with_user(self.users["supervisor"])
        before = mail.kpi_water_received_value
        self._complaint(received_at=now)
        mail.invalidate_recordset()
        self.assertEqual(mail.kpi_water_received_value, before + 1)
        self.assertGreaterEqual(mail.kpi_water_breached_value, 0)
        self.assertGreaterEqual(mail.kpi_water_closed_value, 0)
        stranger = self._new_user("accountant", "base.group_user")
        with self.assertRaises(AccessError):
            digest.with_context(**span).with_user(stranger).kpi_water_received_value  # noqa: B018

    def _day(self):
        """``{place: (received, finished)}`` of this day, wherever both stand."""
        today = datetime.now(SHANGHAI).date()
        begin = midnight(today, "Asia/Shanghai")
        span = {"start_datetime": begin, "end_datetime": begin + timedelta(days=1)}
        digest = self.env["digest.digest"].create({"name": "x", "company_id": self.company.id})
        mail = digest.with_context(**span)
        self._trigger("water_quality.ir_cron_fact")
        bulletin = self.env["water.bulletin"].new({"company_id": self.company.id})
        days = self.env["water.fact"].search(
            [("day", "=", today), ("company_id", "=", self.company.id)]
        )
        wall = [int(self._number(name)) for name in ("Received today", "Finished today")]
        return {
            "wall": tuple(wall),
            "digest": (mail.kpi_water_received_value, mail.kpi_water_closed_value),
            "bulletin": tuple(bulletin._volume(today, today + timedelta(days=1))),
            "days": (sum(days.mapped("received")), sum(days.mapped("closed"))),
        }

    def test_one_day_in_all_places(self):
        """Withdrawn, merged and not accepted ones came in, and are finished nowhere."""
        before = self._day()
        answered, lead, twin = (self._inquiry() for _number in range(3))
        self._as("agent", answered).write({"answer": "第二阶梯从 181 立方米起。"})
        self._as("agent", answered).action_answer()
        self._as("agent", answered).action_close()
        values = {"state": "merged", "duplicate_of_id": lead.id, "end_reason": "同一件事"}
        self._as("supervisor", twin).write(values)
        for state in ("withdrawn", "rejected"):
            self._ended(self._complaint_at("registered"), state)
        asked = self._as("agent", self._inquiry())  # it came in as the complaint that it is
        facts = {"category_id": self._category("bl02").id, "address": "东城路8号"}
        facts |= {"occurred_at": fields.Datetime.now(), "demand": "更正"}
        acts.convert(asked, facts, "说没人回电")
        self.env.flush_all()
        after = self._day()
        more = {
            place: tuple(now - then for now, then in zip(after[place], before[place], strict=True))
            for place in after
        }
        self.assertEqual(more, dict.fromkeys(more, (6, 1)))

    def test_limits_missed_in_all_places(self):
        """Not excused, withdrawn or merged cases; limits extended too late are missed."""
        today = datetime.now(SHANGHAI).date()
        due = midnight(today, "Asia/Shanghai") + timedelta(hours=1)
        before = self._missed(today)
        kept, missed, excused, gone, late = (
            self._inquiry_with(due, state=state) for state in ("met", *["breached"] * 3, "met")
        )
        excused.write({"excuse_state": "excused"})
        trusted(gone.inquiry_id).state = "withdrawn"
        pause = {"deadline_id": late.id, "kind": "extension", "state": "done", "reason": "x"}
        pause |= {"old_due_at": due, "started_at": due + timedelta(hours=1)}
        pause |= {"requested_by_id": self.env.uid, "requested_at": due}
        trusted(self.env["water.deadline.pause"]).create(pause)
        self.env.flush_all()
        self.assertTrue(late.pause_ids.is_approved_late)
        after = self._missed(today)
        more = {place: after[place] - before[place] for place in after}
        self.assertEqual(more, dict.fromkeys(more, 2))
        self.assertEqual((kept.state, missed.state), ("met", "breached"))

    def _inquiry_with(self, due, state):
        values = {"inquiry_id": self._inquiry().id, "kind": "verify", "state": state}
        values |= {"started_at": due - timedelta(hours=1), "due_at": due}
        return trusted(self.env["water.deadline"]).create(values)

    def _missed(self, today):
        begin = midnight(today, "Asia/Shanghai")
        span = {"start_datetime": begin, "end_datetime": begin + timedelta(days=1)}
        digest = self.env["digest.digest"].create({"name": "x", "company_id": self.company.id})
        bulletin = self.env["water.bulletin"].new({"company_id": self.company.id})
        rows = bulletin._breaches(today, today + timedelta(days=1))
        self._trigger("water_quality.ir_cron_fact")
        here = [("day", "=", today), ("company_id", "=", self.company.id)]
        return {
            "digest": digest.with_context(**span).kpi_water_breached_value,
            "bulletin": sum(row[1] - row[2] for row in rows),
            "days": sum(self.env["water.fact"].search(here).mapped("breached")),
        }

    def test_digest_contains_no_names(self):
        """The mail has only numbers, and none of the service for users without a role."""
        logins = ("supervisor", "agent", "department", "plain")
        for login in logins:
            self.users[login].email = f"{login}@digest.example"
        case = self._complaint(subject="GEHEIM-Matter", received_at=fields.Datetime.now())
        digest = self.env["digest.digest"].create(
            {
                "name": "x",
                "company_id": self.company.id,
                "user_ids": [(6, 0, [self.users[login].id for login in logins])],
                **dict.fromkeys(("kpi_water_received", "kpi_water_closed"), True),
                "kpi_water_breached": True,
            }
        )
        for role in (True, False):
            if not role:
                for login in logins:
                    self.users[login].group_ids = self.env.ref("base.group_user")
            self.env["mail.mail"].search([]).unlink()
            digest.action_send_manual()
            for login in logins:
                reach = [("email_to", "ilike", self.users[login].email)]
                mail = self.env["mail.mail"].search(reach)
                with self.subTest(login=login, role=role):
                    self.assertEqual(len(mail), 1)
                    for word in ("GEHEIM", case.name, self.customer.name):
                        self.assertNotIn(word, mail.body_html)
                    told = "Cases Received" in mail.body_html
                    self.assertEqual(told, role and login == "supervisor")
