import { describe, expect, test } from "@odoo/hoot";
import { click, queryAll, queryAllTexts } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

const ITEMS = [
    { key: "text", label: "What the customer said", state: "done", note: "", link: false },
    { key: "letter", label: "Letter", state: "missing", note: "Nobody was told", link: true },
    { key: "appeal", label: "Appeal", state: "absent", note: "None was filed", link: false },
];

class WaterComplaint extends models.Model {
    _name = "water.complaint";
    archive_checklist = fields.Json();
    _records = [
        { id: 1, archive_checklist: ITEMS },
        { id: 2, archive_checklist: ITEMS.slice(0, 1) },
        { id: 3, archive_checklist: false },
    ];
}

defineMailModels();
defineModels([WaterComplaint]);

const open = (resId) =>
    mountView({
        type: "form",
        resModel: "water.complaint",
        resId,
        arch: `<form><widget name="archive_checklist"/></form>`,
    });

test("each item says by icon and words whether it is there", async () => {
    await open(1);
    expect(queryAllTexts(".o_water_checklist_label")).toEqual(ITEMS.map((item) => item.label));
    const said = queryAll(".o_water_checklist i").map((icon) => icon.getAttribute("aria-label"));
    expect(said).toEqual(["complete", "missing", "does not apply"]);
    expect("li.list-group-item-danger").toHaveCount(1);
    expect("[data-key=letter]").toHaveText(/Nobody was told/);
    expect(".o_water_checklist p").toHaveText(
        "1 missing: the complaint is not archived before they are there."
    );
});

test("nothing is said to be missing where nothing is", async () => {
    await open(2);
    expect(".o_water_checklist p").toHaveCount(0);
    expect(".o_water_checklist li").toHaveCount(1);
});

test("a complaint that has no checklist yet has an empty one", async () => {
    await open(3);
    expect(".o_water_checklist li").toHaveCount(0);
});

test("what can be shown is asked for by its key and opened", async () => {
    onRpc("water.complaint", "action_open_checklist", ({ args }) => {
        expect.step(JSON.stringify(args));
        return { type: "ir.actions.act_window_close" };
    });
    mockService("action", { doAction: (action) => expect.step(action.type) });
    await open(1);
    expect(".o_water_checklist button").toHaveCount(1);
    await contains(".o_water_checklist button").focus();
    await click(".o_water_checklist button");
    await expect.waitForSteps(['[[1],"letter"]', "ir.actions.act_window_close"]);
});
