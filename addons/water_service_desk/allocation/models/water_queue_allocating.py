from odoo import api, fields, models

from ...base.apart import apart
from ..sharing import share_out


class WaterQueue(models.Model):
    """Shares cases out: by open load and skill, never to somebody who is kept out of them."""

    _inherit = "water.queue"

    @api.model
    def _cron_allocate(self):
        """Scheduled action: each queue shares out what waits, in committed batches."""
        queues = self.search([("member_ids", "!=", False)])
        for index, queue in enumerate(queues, 1):
            apart(queue, type(self)._allocate)
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(queues) - index):
                return

    def action_allocate(self):
        """Share out now what waits.

        :raises AccessError: for whoever may not write queues
        """
        self.check_access("write")
        for queue in self.sudo():
            queue._allocate()
        return True

    def _allocate(self):
        """Give what waits in this queue to those who are there.

        :return: {case: user} of what was shared out
        """
        self.ensure_one()
        people = self._present(fields.Datetime.now())
        cases = [case for rows in self._waiting() for case in rows]
        if not (people and cases):
            return {}
        by_id = {user.id: user for user in people}
        loads = self._loads(people)
        wanted = [(index, self._able(case, people).ids) for index, case in enumerate(cases)]
        shared = share_out(wanted, loads, self.most)
        given = {cases[index]: by_id[who] for index, who in shared.items()}
        for case, user in given.items():
            case._allocate_to(user, self)
        return given

    @api.model
    def _loads(self, people):
        """{user id: open cases of all kinds in his hands}."""
        loads = dict.fromkeys(people.ids, 0)
        for model in self.env["water.case.link.mixin"]._case_models().values():
            cases = self.env[model]
            domain = [
                ("user_id", "in", people.ids),
                ("closed_at", "=", False),
                ("state", "not in", list(cases._final_states)),
            ]
            for user, count in cases._read_group(domain, ["user_id"], ["__count"]):
                loads[user.id] += count
        return loads

    @api.model
    def _able(self, case, people):
        """Those who may see the case, are no part of it, and have the skill it asks for.

        A category that only warns prefers who has it.
        """
        people = case._may_hear(people)
        source = case.category_id._skill_source()
        skill = source.skill_id
        if not skill:
            return people
        able = self.env["water.skill.user"]._able(people, skill)
        skilled = people.filtered(lambda user: (user.id, skill.id) in able)
        return skilled if skilled or source.skill_rule == "block" else people
