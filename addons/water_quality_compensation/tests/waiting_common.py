"""Everything that waits for a second person, with all facts by one person."""

from odoo.fields import Command

from odoo.addons.water_compensation.compensation.tests.common import CompensationCommon
from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW
from odoo.addons.water_service_desk.base.trust import trusted

DESK = "water_service_desk.group_"
ROLES = tuple(
    DESK + name for name in ("agent", "department", "supervisor", "quality", "privacy", "manager")
)


class WaitingCommon(CompensationCommon):
    """``one`` is involved in all of it; ``other`` has every role and no involvement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for login, user in cls.users.items():  # no two of the staff are one by their mail
            user.email = f"{login}@example.com"
        cls.one = cls.users["one"] = cls._new_user("one", "base.group_user", email="1@example.com")
        groups = ",".join(ROLES + ("account.group_account_manager",))
        cls.users["other"] = cls._new_user("other", groups, email="2@example.com")
        (cls.one | cls.users["other"]).water_department_ids = cls.net

    def _made(self, records):
        return records.with_user(self.one).sudo()

    # -- involvement: {duty: (record, attempt)} -------------------------------------------------

    def _money(self):
        approve = lambda row: row.action_approve()  # noqa: E731
        case = self._made(self.env["water.complaint"]).create(self._complaint_values())
        case = case.with_env(self.env)
        acts.hand_over(self._as("manager2", case), self.users["agent"], "x")
        mine = self._compensation("agent")
        self._made(mine).amount = 90
        self._as("agent", mine).action_propose()
        paid = self._proposed(partner_id=self.one.partner_id.id)
        posted = self._approved_by_two(partner_id=self.one.partner_id.id)
        booked = self._approved_by_two(partner_id=self.one.partner_id.id)
        self._post(booked, "accountant")
        return {
            "registered, approves": (self._proposed(case=case), approve),
            "wrote the draft, approves": (mine, approve),
            "wrote the draft, refuses": (mine, lambda row: acts.refuse(row, "x")),
            "is paid, approves": (paid, approve),
            "is paid, posts": (posted, lambda row: self._post_it(row)),
            "is paid, pays": (booked, lambda row: self._pay_it(row)),
        }

    def _approved_by_two(self, **values):
        row = self._proposed(**values)
        for login in ("supervisor2", "manager2"):
            self._as(login, row).action_approve()
        self.assertEqual(row.state, "approved")
        return row

    def _post_it(self, row):
        row.sudo().move_id.with_env(row.env).action_post()

    def _pay_it(self, row):
        move = row.sudo().move_id
        about = {"active_model": "account.move", "active_ids": move.ids}
        dialogs = row.env["account.payment.register"].with_context(**about)
        dialogs.create({}).action_create_payments()

    def _time(self):
        asked, worked, missed = (self._clock(self._inquiry(), "close") for _number in range(3))
        until = self._later(days=40)
        pause = acts.pause(self._made(asked), "等客户", until)
        trusted(acts.case_of(worked).sudo()).user_id = self.one
        longer = acts.extend(self._as("agent", worked), "等材料", 1)
        told = {"breach_by_id": self.one.id, "excuse_state": "asked", "breach_reason": "no_access"}
        trusted(missed.sudo()).write({"state": "breached", "breached_at": NOW, **told})
        return {
            "asked for a pause, agrees": (pause, lambda row: row.action_approve()),
            "has the work, gives it time": (longer, lambda row: row.action_approve()),
            "explained a miss, excuses it": (missed, lambda row: row.action_excuse()),
            "explained a miss, refuses it": (missed, lambda row: acts.refuse(row, "x")),
        }

    def _words(self):
        self.env["water.sign.rule"].create({"name": "咨询答复", "what": "answer"})
        case = self._inquiry()
        self._as("agent", case).answer = "第二阶梯从 220 立方米开始。"
        self._made(case).answer = "第二阶梯从 221 立方米开始。"
        self._as("agent", case).action_ask_signature()
        row = self.env["water.sign.off"].search([], limit=1)
        judged = self._complaint_at("investigating", category_id=self._category("bl02").id)
        trusted(judged.sudo()).severity = "complex"
        self._made(judged).write({"investigation": "x", "finding": "upheld"})
        self._conclude(self._made(judged))
        return {
            "wrote the answer, signs it": (row, lambda row: row.action_approve()),
            "wrote the answer, sends it back": (row, lambda row: acts.refuse(row, "x")),
            "investigated, reviews": (judged, lambda case: case.action_review()),
        }

    def _applications(self):
        case = self._as("agent", self.env["water.request"]).create(self._request_values())
        asked = {"kind": "refusal", "alternative": "改日再来", "note": "x", "amount": 0}
        asked |= {"unit": False, "reason_id": self.env.ref("water_service_desk.reason_frost").id}
        row = self._made(self.env["water.request.decision"])._ask(self._made(case), asked)
        return {
            "would refuse, agrees to it": (row.with_env(self.env), lambda row: row.action_approve())
        }

    def _settings(self):
        account = self.env["water.account"].create(
            {"code": "P-1", "partner_id": self.customer.id, "address": "东城路8号"}
        )
        self._made(account).partner_id = self.customer2
        holder = self.env["water.account.change"].search([("account_id", "=", account.id)])
        rule = self.env["water.sign.rule"].create({"name": "P", "what": "answer"})
        self._become([f"{DESK}manager"])  # changes by the system do not wait
        self._as("one", rule).active = False
        shredded = trusted(self.env["water.destruction"]).create(
            {
                "name": "XH-P",
                "state": "proposed",
                "proposed_by_id": self.one.id,
                "company_id": self.company.id,
            }
        )
        changes = self.env["water.setting.change"].search([("user_id", "=", self.one.id)])
        self.assertEqual(changes.mapped("state"), ["waiting"])
        return {
            "changed the holder, confirms": (holder, lambda row: row.action_confirm()),
            "changed a rule, confirms": (changes, lambda rows: rows.action_approve()),
            "lists for destruction, approves": (shredded, lambda row: row.action_approve()),
        }

    def _quality(self):
        values = {"subject": "夜间抢修到场慢", "owner_id": self.one.id}
        done = self.env["water.improvement"].create(values)
        trusted(done).write({"state": "done"})
        found = {"subject": "排队过久", "description": "x", "owner_id": self.one.id}
        found = self.env["water.supervision.finding"].create({**found, "reference": "12"})
        self._made(found).answer = "已加开窗口"
        self._made(found).action_answer()
        about = self._complaint("agent", person_complained_id=self.one.id)
        skill = self.env["water.skill"].create({"name": "接线", "code": "P"})
        able = lambda rows: rows.create({"user_id": self.one.id, "skill_id": skill.id})  # noqa: E731
        return {
            "did the work, checks its effect": (done, self._check_effect),
            "answered a finding, sends it": (found, lambda row: row.action_reply()),
            "is complained of, reads it": (about, lambda case: case.read(["subject"])),
            "is able, says so himself": (self.env["water.skill.user"], able),
        }

    def _check_effect(self, row):
        row.effect = "已复核"
        row.action_verify()

    def _duties(self):
        parts = (self._money, self._time, self._words, self._applications)
        parts += (self._settings, self._quality)
        found = {}
        for part in parts:
            found |= part()
        self.env.flush_all()
        self.env.invalidate_all()
        return found

    def _become(self, roles):
        groups = self.env.ref("base.group_user").browse()
        for role in ("base.group_user", *roles):
            groups |= self.env.ref(role)
        self.one.sudo().write({"group_ids": [Command.set(groups.ids)]})
        self.env.flush_all()
        self.env.invalidate_all()
