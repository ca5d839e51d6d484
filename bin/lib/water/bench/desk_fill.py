"""Gets one database with the addons and Odoo's project app ready to be looked at by an agent.

As many tasks as cases, in as many columns, with the same titles and the same share of open
ones; a fifth of either has a file. Run in odoo shell.
"""

from datetime import timedelta

import timing
from fill import OPEN, Fill

from odoo import fields
from odoo.tests.common import new_test_user

env = globals()["env"]  # given by odoo shell
ref = env.ref
EVERY = 40
WORDS = "11 月用水 38 立方米，比平时高一倍。"
LOGIN = "bench_desk"


def people():
    """Twenty agents; the first is who looks, a user of either application."""
    agents = env["res.users"]
    for number in range(20):
        groups = "base.group_user,water_service_desk.group_agent"
        groups += ",project.group_project_user"
        login = f"{LOGIN}_{number}" if number else LOGIN
        agents |= new_test_user(env, login, groups=groups, lang="zh_CN", tz="Asia/Shanghai")
    return agents


def sample(agent):
    """The complaint that the rows of the bulk are copies of."""
    values = {
        "subject": "抄表错误",
        "description": WORDS,
        "contact_name": "张伟",
        "phone": "13812345678",
        "email_from": "zhangwei@example.com",
        "address": "东城路 12 号",
        "category_id": ref("water_service_desk.category_bl02").id,
        "channel_id": ref("water_service_desk.channel_phone").id,
        "demand": "核实读数",
        "department_id": ref("water_service_desk.department_net").id,
        "occurred_at": fields.Datetime.now() - timedelta(hours=1),
    }
    case = env["water.complaint"].with_user(agent).create(values)
    case._confirm_readback()
    case.write({"state": "dispatched"})
    return case.sudo()


class Tasks:
    """Brings Odoo's tasks to the number of cases."""

    def __init__(self, agents):
        steps = [{"name": state} for state in (*OPEN, "done")]
        self.agents = agents
        self.stages = env["project.task.type"].create(steps)
        self.project = env["project.project"].create(
            {
                "name": "工单",
                "type_ids": [(6, 0, self.stages.ids)],
                "privacy_visibility": "employees",
            }
        )
        self.sample = env["project.task"].create(
            {
                "name": "抄表错误",
                "description": f"<p>{WORDS}</p>",
                "project_id": self.project.id,
                "partner_id": env["res.partner"].create({"name": "张伟"}).id,
                "user_ids": [(6, 0, agents[0].ids)],
                "tag_ids": [(0, 0, {"name": "水费"})],
                "date_deadline": fields.Datetime.now(),
            }
        )

    def to(self, size):
        """Copies of the sample, with what hangs on it."""
        env.flush_all()
        rows = f"SELECT n, n % {EVERY} = 0 AS is_open FROM generate_series(1, {size}) n"
        timing.clone(env, "project_task", f"id = {self.sample.id}", rows, self._changes())
        self._hang("project_task_user_rel", "task_id")
        self._hang("project_tags_project_task_rel", "project_task_id")
        timing.vacuum(env, "project_task", "project_task_user_rel", "project_tags_project_task_rel")

    def _changes(self):
        *steps, done = self.stages.ids
        stages = ", ".join(map(str, steps))
        return {
            "name": "'水费异常 ' || g.n",
            "stage_id": f"CASE WHEN g.is_open THEN (ARRAY[{stages}])[1 + (g.n / {EVERY}) % 7]"
            f" ELSE {done} END",
            "state": "CASE WHEN g.is_open THEN '01_in_progress' ELSE '1_done' END",
            "date_deadline": "t.date_deadline + (g.n % 1000) * interval '1 hour'",
        }

    def _hang(self, table, column):
        rows = f"SELECT id FROM project_task WHERE project_id = {self.project.id}"
        rows += f" AND id <> {self.sample.id}"
        timing.clone(env, table, f"{column} = {self.sample.id}", rows, {column: "g.id"})


def files(model, table):
    """A file with every fifth record, as many bytes of text as a short message."""
    first = env["ir.attachment"].create({"name": "短信.txt", "raw": WORDS.encode()})
    env.flush_all()
    rows = f"SELECT id FROM {table} WHERE id % 5 = 0"
    changes = {"res_model": f"'{model}'", "res_id": "g.id"}
    timing.clone(env, "ir_attachment", f"id = {first.id}", rows, changes)
    timing.vacuum(env, "ir_attachment")


def main():
    size = timing.sizes()[-1]
    env.cr.execute("UPDATE ir_cron SET active = false")
    env.company.country_id = ref("base.cn")
    agents = people()
    # whoever answers for a case may change it, and only then saving it is measured
    ref("water_service_desk.department_net").member_ids = agents[0]
    env.cr.commit()
    Fill(env, sample(agents[0]), agents, every=EVERY).to(size)
    tasks = Tasks(agents)
    tasks.to(size)
    files("water.complaint", "water_complaint")
    files("project.task", "project_task")
    env.cr.commit()
    timing.report({"login": LOGIN, "project": tasks.project.id})


main()
