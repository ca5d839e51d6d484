import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
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

class WaterDeadline extends models.Model {
    _name = "water.deadline";
    case_id = fields.Many2one({ relation: "water.case.sample" });
    kind = fields.Selection({
        selection: [
            ["contact", "First contact"],
            ["close", "Completion"],
            ["verify", "Verification"],
            ["promise", "Promise"],
        ],
    });
    label = fields.Char();
    due_at = fields.Datetime();
    met_at = fields.Datetime();
    warned_at = fields.Datetime();
    state = fields.Selection({
        selection: ["running", "paused", "met", "breached", "void"].map((key) => [key, key]),
    });
    is_pending = fields.Boolean();
    provisional = fields.Boolean();
    explanation = fields.Char();
    minutes = fields.Integer();
    _records = [
        {
            id: 1,
            case_id: 1,
            kind: "contact",
            due_at: "2026-10-12 08:00:00",
            met_at: "2026-10-12 07:00:00",
            state: "met",
            explanation: "One hour from …",
            minutes: 0,
        },
        {
            id: 2,
            case_id: 1,
            kind: "close",
            due_at: "2026-10-13 09:30:30",
            state: "running",
            provisional: true,
            explanation: "Five working days from …",
            minutes: 135,
        },
        {
            id: 3,
            case_id: 1,
            kind: "verify",
            due_at: "2026-10-12 08:20:30",
            state: "breached",
            is_pending: true,
            explanation: "One day from …",
            minutes: 1500,
        },
        { id: 4, case_id: 1, kind: "promise", due_at: "2026-10-12 08:30:00", state: "void" },
    ];
    _views = {
        list: `<list><field name="kind" /><field name="label" /><field name="due_at" />
            <field name="met_at" /><field name="warned_at" /><field name="state" />
            <field name="is_pending" /><field name="provisional" /><field name="explanation" /></list>`,
    };
}
class WaterCase extends models.Model {
    _name = "water.case.sample";
    deadline_ids = fields.One2many({ relation: "water.deadline", relation_field: "case_id" });
    _records = [{ id: 1, deadline_ids: [1, 2, 3, 4] }];
}
beforeEach(() => {
    onRpc("has_group", () => true);
    mockDate("2026-10-12 09:00:00", 0);
});
defineMailModels();
defineModels([WaterCase, WaterDeadline]);

const mountCase = () =>
    mountView({
        type: "form",
        resModel: "water.case.sample",
        resId: 1,
        arch: `<form><field name="deadline_ids" widget="water_clock_strip" mode="list" readonly="1" /></form>`,
    });

test("open clocks first, by their limit; void ones not at all", async () => {
    await mountCase();
    expect(queryAllTexts(".o_water_clock b")).toEqual([
        "Verification",
        "Completion",
        "First contact",
    ]);
    expect(queryAllTexts(".o_water_clock .o_water_countdown")).toEqual([
        "Overdue by 39 min",
        "1 d 0 h left",
    ]);
    expect(".o_water_clock:last .fa-check").toHaveCount(1);
    expect(".o_water_clock:last").toHaveText(/Met in time/);
    expect(".o_water_clock .badge").toHaveText("Provisional");
});

test("a missed limit counts on no longer when the case has ended without it", async () => {
    WaterDeadline._records[2].is_pending = false;
    await mountCase();
    expect(queryAllTexts(".o_water_clock b")[0]).toBe("Completion");
    expect(".o_water_clock:contains(Verification)").toHaveText(/Never met/);
    expect(".o_water_clock:contains(Verification) .o_water_countdown").toHaveCount(0);
});

test("the explanation is there on hover, on tap and for the keyboard", async () => {
    await mountCase();
    expect(".o_water_clock:first").toHaveAttribute("data-tooltip", "One day from …");
    await contains(".o_water_clock:eq(1)").click();
    expect(".o_popover .o_water_explanation").toHaveText(/Five working days from …/);
    await press("Escape");
    await animationFrame();
    expect(".o_popover").toHaveCount(0);
    queryFirst(".o_water_clock").focus();
    await press("Enter");
    await animationFrame();
    expect(".o_popover .o_water_explanation").toHaveText(/One day from …/);
});

test("minutes are told in words", async () => {
    await mountView({
        type: "list",
        resModel: "water.deadline",
        arch: `<list><field name="minutes" widget="water_minutes" /></list>`,
    });
    expect(queryAllTexts(".o_data_cell")).toEqual(["", "2 h 15 min", "1 d 1 h", ""]);
});
