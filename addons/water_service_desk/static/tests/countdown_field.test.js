import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAll, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class WaterCase extends models.Model {
    _name = "water.case.sample";
    due = fields.Datetime();
    deadline_state = fields.Char();
    _records = [
        { id: 1, due: "2026-10-13 09:30:30", deadline_state: "ok" },
        { id: 2, due: "2026-10-12 12:30:30", deadline_state: "soon" },
        { id: 3, due: "2026-10-12 08:19:30", deadline_state: "breached" },
        { id: 4, due: "2026-10-12 08:19:30", deadline_state: "paused" },
        { id: 5, due: "2026-10-12 09:40:30", deadline_state: "ok" },
        { id: 6, due: false, deadline_state: "none" },
    ];
}
beforeEach(() => {
    onRpc("has_group", () => true);
    mockDate("2026-10-12 09:00:00", 0);
});
defineMailModels();
defineModels([WaterCase]);

const arch = /* xml */ `
    <list>
        <field name="due" widget="water_countdown" />
        <field name="deadline_state" column_invisible="1" />
    </list>`;

test("the time left is told in words, to the minute", async () => {
    await mountView({ type: "list", resModel: "water.case.sample", arch });
    expect(queryAllTexts(".o_data_cell")).toEqual([
        "1 d 0 h left",
        "3 h 30 min left",
        "Overdue by 40 min",
        "Paused",
        "40 min left",
        "",
    ]);
});

test("levels are told by icon and words, not by colour alone", async () => {
    await mountView({ type: "list", resModel: "water.case.sample", arch });
    const levels = queryAll(".o_water_countdown").map((node) => node.dataset.level);
    expect(levels).toEqual(["ok", "soon", "breached", "paused", "soon"]);
    expect(queryAll(".o_water_countdown i.fa")).toHaveCount(5);
    expect(".fa-exclamation-circle").toHaveCount(1);
    expect(".fa-pause-circle").toHaveCount(1);
});

test("the countdown goes on while the page stays open", async () => {
    await mountView({ type: "list", resModel: "water.case.sample", arch });
    await advanceTime(45 * 60 * 1000);
    await animationFrame();
    expect(queryAllTexts(".o_data_cell")[4]).toBe("Overdue by 4 min");
    expect(queryAllTexts(".o_data_cell")[1]).toBe("2 h 45 min left");
});
