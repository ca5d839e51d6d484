import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    MockServer,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class WaterInquiry extends models.Model {
    _name = "water.inquiry";
    subject = fields.Char({ string: "Subject" });
    description = fields.Text({ string: "Description" });
    severity = fields.Selection({
        string: "Severity",
        selection: [
            ["normal", "Normal"],
            ["urgent", "Urgent"],
        ],
    });
    occurred_at = fields.Datetime();
    user_id = fields.Many2one({ relation: "res.users" });
    _records = [
        {
            id: 1,
            subject: "brown water",
            description: false,
            severity: "normal",
            occurred_at: "2026-11-26 08:00:00",
        },
    ];
}

defineMailModels();
defineModels([WaterInquiry]);

const FIELDS = ["subject", "description", "severity", "occurred_at", "user_id"];
const open = () =>
    mountView({
        type: "form",
        resModel: "water.inquiry",
        resId: 1,
        arch: `<form>${FIELDS.map((name) => `<field name="${name}"/>`).join("")}</form>`,
    });
const stored = () => MockServer.env["water.inquiry"].browse(1)[0];
const elsewhere = (values) => MockServer.env["water.inquiry"].write([1], values);
const type = (text) => contains("[name=subject] input").edit(text);
const save = async () => {
    await contains(".o_form_button_save").click();
    await animationFrame();
};

test("what nobody has touched meanwhile is saved without a word", async () => {
    onRpc("web_save", ({ args }) => expect.step(JSON.stringify(args[1])));
    await open();
    elsewhere({ description: "by a colleague", user_id: 7 });
    await type("brown water at school");
    await save();
    expect(".o_water_meanwhile").toHaveCount(0);
    expect.verifySteps(['{"subject":"brown water at school"}']);
    expect(stored().description).toBe("by a colleague");
});

test("what a colleague has saved is shown beside one's own words, and stays unless one says so", async () => {
    await open();
    elsewhere({ subject: "brown water, ill child" });
    await type("brown water at school");
    await save();
    expect(".o_water_meanwhile section").toHaveCount(1);
    expect(".o_water_meanwhile h3").toHaveText("Subject");
    expect(".o_water_meanwhile section").toHaveText(/ill child[^]*at school/);
    await contains(".o_water_meanwhile .btn-primary").click();
    expect(stored().subject).toBe("brown water, ill child");
    expect("[name=subject] input").toHaveValue("brown water at school");
});

test("one's own words replace the other's only by choice", async () => {
    await open();
    elsewhere({ subject: "brown water, ill child" });
    await type("brown water at school");
    await save();
    await contains(".o_water_meanwhile [name=mine]").click();
    await animationFrame();
    expect(stored().subject).toBe("brown water at school");
});

test("whoever drops his own goes on with what stands there", async () => {
    await open();
    elsewhere({ subject: "brown water, ill child" });
    await type("brown water at school");
    await save();
    await contains(".o_water_meanwhile [name=theirs]").click();
    await animationFrame();
    expect(stored().subject).toBe("brown water, ill child");
    expect("[name=subject] input").toHaveValue("brown water, ill child");
    expect(".o_form_button_save:visible").toHaveCount(0);
});

test("choices are told by their words, and the same is no quarrel", async () => {
    await open();
    elsewhere({ subject: "brown water at school", severity: "urgent" });
    await type("brown water at school");
    await save();
    expect(".o_water_meanwhile").toHaveCount(0);
    expect(stored().severity).toBe("urgent");
});
