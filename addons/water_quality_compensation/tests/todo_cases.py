"""How the to-dos of the desk come about, and what ends them."""

from contextlib import contextmanager
from datetime import timedelta

from odoo import Command, fields
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.trust import trusted

DESK = "water_service_desk."


class DeskTodos(ComplaintCommon):
    """A method that makes each, and one that returns what ends it."""

    @contextmanager
    def _apart(self):
        """Nothing remains of it."""
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def _todos(self, record, kind):
        self.env.flush_all()
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("activity_type_id", "=", self.env.ref(kind).id),
            ]
        )

    def _do(self, login, name, *arguments):
        def act(subject):
            getattr(self._as(login, subject), name)(*arguments)

        act.__name__ = name
        return act

    def _merged(self, case):
        lead = self._inquiry() if case._name == "water.inquiry" else self._complaint()
        merging = {"state": "merged", "duplicate_of_id": lead.id, "end_reason": "同一件事"}
        self._as("supervisor", case).write(merging)

    def _withdrawn(self, case):
        self._as("supervisor", case).write({"state": "withdrawn", "end_reason": "客户要求"})

    # -- a dispute between departments ------------------------------------------------------------

    def _disputed(self):
        case = self._inquiry(answer="已答复")
        for department in (self.net, self.lab, self.net):
            dispatch = self._dispatch(case, department, login="supervisor")
            worker = "department2" if department == self.lab else "department"
            acts.reject(self._as(worker, dispatch), "不属我部门")
            case.invalidate_recordset()
        return case, case

    def _rulings(self):
        def dispatched(case):
            self._dispatch(case, self.lab, login="supervisor")

        def dispatched_with_many(case):
            dialogs = self._as("supervisor", self.env["water.batch.wizard"])
            about = {"active_model": case._name, "active_ids": case.ids}
            dialog = dialogs.with_context(**about).create(
                {"act": "dispatch", "department_id": self.lab.id}
            )
            dialog.action_preview()
            dialog.action_do()

        return (
            dispatched,
            dispatched_with_many,
            self._do("agent", "action_answer_and_close"),
            self._do("agent", "action_withdraw"),
            self._merged,
        )

    # -- appointments -----------------------------------------------------------------------------

    def _visit_asked(self):
        case = self._complaint()
        acts.readback(self._as("agent", case))
        begin = self._later(hours=6)
        visit = acts.plan_visit(
            self._as("agent", case), self.net, begin, begin + timedelta(hours=2)
        )
        visit = visit.with_env(self.env)
        visit.sudo()._ask_change(
            (begin + timedelta(days=2), begin + timedelta(days=2, hours=2)), "出差"
        )
        return case, visit

    def _visit_ends(self):
        def moved(visit):
            begin = self._later(days=3)
            acts.move_visit(
                self._as("agent", visit), begin, begin + timedelta(hours=2), "改", "company"
            )

        def over(visit):
            self._withdrawn(acts.case_of(visit))

        def moved_by_himself(visit):
            """The request was late; for immediate moves the activity ends with the visit."""
            begin = self._later(days=3)
            acts.move_visit(
                self._as("agent", visit), begin, begin + timedelta(hours=2), "改", "company"
            )
            window = (begin + timedelta(days=1), begin + timedelta(days=1, hours=2))
            visit.sudo()._move_for_customer(window, "不在家")
            self.assertTrue(self._todos(acts.case_of(visit), f"{DESK}mail_activity_type_visit"))
            with freeze_time(window[0]):
                self._as("department", visit).action_arrive()

        return (
            moved,
            over,
            moved_by_himself,
            self._do("agent", "action_keep"),
            self._do("agent", "_cancel", "不去了", "company"),
            self._do("department", "action_arrive"),
        )

    # -- messages that were lost ------------------------------------------------------------------

    def _lost(self):
        case = self._inquiry()
        values = {"subject": "答复", "medium": "sms", "address": "13900000000", "body": "好"}
        message = trusted(self.env["water.message"].sudo()).create(
            {**values, "inquiry_id": case.id, "company_id": case.company_id.id}
        )
        message._give_up("lost")
        return case, message

    def _lost_ends(self):
        def talked(message):
            acts.contact(self._as("agent", acts.case_of(message)), "电话告知")

        def arrived(message):
            message._receipt(True, None)

        return talked, arrived, self._do("supervisor", "action_retry")

    # -- customers of merged cases -------------------------------------------------------------

    def _untold(self):
        lead, case = self._inquiry(), self._inquiry(partner_id=self.customer2.id, phone=False)
        merging = {"state": "merged", "duplicate_of_id": lead.id, "end_reason": "同一处漏水"}
        self._as("supervisor", case).write(merging)
        trusted(case.sudo()).write({"phone": False, "email_from": False})
        self._as("agent", lead).answer = "已修好"
        self._as("agent", lead).action_answer()
        return case, case

    def _untold_ends(self):
        def reached(case):
            """The customer has an address now, and is told again."""
            trusted(case.sudo()).email_from = "li@example.com"
            case.sudo()._tell_merged()

        return reached, self._do("supervisor", "_unmerge", "是两件事")

    # -- limits -----------------------------------------------------------------------------------

    def _limit(self):
        case = self._inquiry(answer="已答复")
        with freeze_time("2026-03-20 02:00:00"):
            self._sweep()
        return case, case

    def _limit_ends(self):
        def answered(case):
            with freeze_time("2026-03-20 02:00:00"):
                self._as("agent", case).action_answer_and_close()
                self._sweep()

        def withdrawn(case):
            with freeze_time("2026-03-20 02:00:00"):
                self._as("agent", case).action_withdraw()
                self._sweep()

        return answered, withdrawn

    # -- articles, callers ------------------------------------------------------------------------

    def _article(self):
        article = self.env["water.article"].create(
            {
                "name": "阶梯水价",
                "customer_text": "第二阶梯从每年216立方米开始。",
                "category_ids": [Command.set(self._category("gn").ids)],
                "owner_id": self.users["department"].id,
            }
        )
        article.action_publish()
        with freeze_time("2027-03-12 02:00:00"):
            article._remind()
        return article, article

    def _article_ends(self):
        def archived(article):
            article.active = False

        def put_off(article):
            article.review_on = "2028-01-01"

        return (
            archived,
            put_off,
            self._do("department", "action_reviewed"),
            self._do("su", "action_withdraw"),
        )

    def _marked(self):
        partner = self._as("supervisor", self.customer)
        partner._mark_vexatious(True, "一天来电 40 次", fields.Date.to_date("2026-04-10"))
        with freeze_time("2026-04-10 02:00:00"):
            self._trigger("water_service_desk.ir_cron_vexatious")
        return self.customer, self.customer

    def _marked_ends(self):
        later = fields.Date.to_date("2026-06-10")
        return (
            self._do("supervisor", "_mark_vexatious", False, False, False),
            self._do("supervisor", "_mark_vexatious", True, "仍是", later),
        )

    # -- steps of a playbook ----------------------------------------------------------------------

    def _with_steps(self):
        """One that keeps the case open, and one that does not."""
        todo = self.env.ref("mail.mail_activity_data_todo").id
        steps = [
            {"activity_type_id": todo, "summary": name, "water_blocks": blocks}
            for name, blocks in (("核对账单", True), ("通知抄表班", False))
        ]
        self._category("gn").plan_ids = self.env["mail.activity.plan"].create(
            {
                "name": "水费咨询",
                "res_model": "water.inquiry",
                "template_ids": [
                    Command.create({**step, "responsible_type": "on_demand"}) for step in steps
                ],
            }
        )
        case = self._inquiry(answer="已答复")
        return case, case

    def _step_ends(self):
        def another_matter(case):
            values = {"category_id": self._category("bl").id, "triage_reason": "问的是水费"}
            self._as("agent", case).write(values)

        return another_matter, self._merged, self._do("agent", "action_withdraw")
