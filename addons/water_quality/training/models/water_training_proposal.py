from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.apart import each_apart
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.endings import NOT_JUDGED
from odoo.addons.water_service_desk.clock.working_time import wall_moment

#: So many upheld complaints of one category in a department, or failed inspections by one
#: checklist, within so many days ask for a training; proposed again when as many are new.
NUMBER, WITHIN = 3, timedelta(days=90)


class WaterTraining(models.Model):
    """Lessons from cases and inspections, proposed by the system (domain 2.2)."""

    _inherit = "water.training"

    @api.model
    def _cron_propose(self):
        """Scheduled action: propose trainings; what hinders one company is logged."""
        each_apart(self.env["res.company"].search([("active", "=", True)]), self._propose)

    @api.model
    def _propose(self, company):
        """Propose what the last months teach: one training for each department.

        :param company: res.company whose cases are looked at
        :return: the trainings with something new
        """
        found = self.browse()
        for model, link, by in (
            ("water.complaint", "complaint_id", "category_id"),
            ("water.inspection", "inspection_id", "template_id"),
        ):
            # sudo: of the whole company, whoever may see them
            rows = self.env[model].sudo()
            groups = rows._read_group(
                self._lessons(company, link),
                ["department_id", by],
                ["id:recordset"],
                [("__count", ">=", NUMBER)],
            )
            for department, topic, lessons in groups:
                proposal = self._proposal(company, department)
                found |= proposal._add_lessons(topic, link, lessons)
        return found

    @api.model
    def _lessons(self, company, link):
        """What counts: upheld complaints and failed inspections that taught nothing yet.

        Complaints that figures count, each matter once.
        """
        day = datetime.combine(company._water_today() - WITHIN, time())
        since = wall_moment(day, ZoneInfo(company._water_tz()))
        # sudo: water.training.source - what was listed before, whoever may see it
        used = self.env["water.training.source"].sudo().search([(link, "!=", False)])
        domain = Domain("company_id", "=", company.id) & Domain("department_id", "!=", False)
        domain &= Domain("id", "not in", used[link].ids)
        if link == "complaint_id":
            upheld = Domain("finding_final", "in", ("upheld", "partly"))
            counted = Domain("state", "not in", NOT_JUDGED) & Domain("leaves_figures", "!=", True)
            counted &= Domain("is_judged_again", "!=", True)
            return domain & upheld & counted & Domain("closed_at", ">=", since)
        failed = Domain("is_passed", "=", False) & Domain("state", "in", ("done", "acknowledged"))
        return domain & failed & Domain("inspected_at", ">=", since)

    @api.model
    def _proposal(self, company, department):
        """The proposal for a department that nobody has planned yet, or a new one."""
        # sudo: water.training - proposed by the system, planned by people
        rows = trusted(self.sudo())
        about = [("company_id", "=", company.id), ("department_ids", "in", department.ids)]
        open_ = rows.search(
            [*about, ("kind", "=", "lesson"), ("state", "=", "proposed")], order="id", limit=1
        )
        if open_:
            return open_
        told = self.with_context(lang=company.partner_id.lang)
        training = rows.create(
            {
                "subject": told.env._("Lessons: %s", department.with_env(told.env).name),
                "kind": "lesson",
                "company_id": company.id,
                "department_ids": [Command.set(department.ids)],
            }
        )
        training._invite(department.member_ids.filtered("active"))
        return training

    def _add_lessons(self, topic, link, lessons):
        """Add what repeats to a proposal.

        :param topic: category or checklist that the lessons share
        :param link: the field of ``water.training.source`` that points to a lesson
        :param lessons: complaints or inspections
        """
        told = self.with_context(lang=self.company_id.partner_id.lang)
        line = f"{topic.with_env(told.env).display_name} × {len(lessons)}"
        self.write(
            {
                "content": "\n".join(filter(None, (self.content, line))),
                "source_ids": [Command.create({link: row.id}) for row in lessons],
            }
        )
        return self

    def _lesson_window(self, source, link, topic):
        """The window of a new training that follows from a record.

        :param source: the record
        :param link: the field of ``water.training.source`` that points to it
        :param topic: record whose name the lesson has
        """
        if not self._is_manager():
            raise AccessError(self.env._("Quality and supervisors plan trainings."))
        known = {
            "default_kind": "lesson",
            "default_subject": topic.display_name,
            "default_company_id": source.company_id.id,
            "default_department_ids": [Command.set(source.department_id.ids)],
            "default_source_ids": [Command.create({link: source.id})],
        }
        return windows.dialog("water.training", self.env._("New Training"), known)
