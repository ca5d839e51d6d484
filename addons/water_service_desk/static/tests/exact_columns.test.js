import { describe, expect, test } from "@odoo/hoot";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class WaterStage extends models.Model {
    _name = "water.stage";
    name = fields.Char();
    fold = fields.Boolean();
    _records = [
        { id: 1, name: "New" },
        { id: 2, name: "Closed", fold: true },
    ];
}

class WaterInquiry extends models.Model {
    _name = "water.inquiry";
    subject = fields.Char();
    stage_id = fields.Many2one({ relation: "water.stage" });
    deadline_state = fields.Selection({
        selection: [
            ["ok", "On time"],
            ["breached", "Overdue"],
        ],
    });
    _records = [1, 2, 3, 4, 5].map((id) => ({
        id,
        subject: `case ${id}`,
        stage_id: id > 3 ? 2 : 1,
        deadline_state: id === 1 ? "breached" : "ok",
    }));
}

defineMailModels();
defineModels([WaterStage, WaterInquiry]);

const board = {
    type: "kanban",
    resModel: "water.inquiry",
    groupBy: ["stage_id"],
    limit: 1,
    arch: `
        <kanban>
            <progressbar field="deadline_state" colors='{"ok": "success", "breached": "danger"}'/>
            <templates><t t-name="card"><field name="subject"/></t></templates>
        </kanban>`,
};

/** Columns are counted up to one more than is shown. */
const atAGlance = () =>
    onRpc("water.inquiry", "web_read_group", ({ kwargs, parent }) => {
        expect(kwargs.context.water_columns_at_a_glance).toBe(true);
        const found = parent();
        for (const group of found.groups) {
            group.__count = Math.min(group.__count, 2);
        }
        return found;
    });

const expectExact = () => {
    expect(".o_kanban_group:not(.o_column_folded) .o_animated_number").toHaveText("3");
    expect(".o_kanban_load_more:first").toHaveText(/2/);
};

test("a column has the number of its bars, whichever comes last", async () => {
    atAGlance();
    const bars = new Deferred();
    onRpc("water.inquiry", "read_progress_bar", () => bars);
    await mountView(board);
    expect(".o_kanban_record").toHaveCount(1);
    expect(".o_animated_number").toHaveCount(0);
    bars.resolve({ 1: { ok: 2, breached: 1 }, 2: { ok: 2, breached: 0 } });
    await animationFrame();
    expectExact();
});

test("columns that come after their bars", async () => {
    atAGlance();
    await mountView(board);
    await animationFrame();
    expectExact();
    await contains(".o_kanban_load_more button").click();
    expect(".o_kanban_record").toHaveCount(2);
    expect(".o_kanban_load_more:first").toHaveText(/1/);
});
