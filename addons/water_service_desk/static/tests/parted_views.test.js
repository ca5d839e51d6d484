import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineActions,
    defineModels,
    fields,
    getService,
    makeServerError,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { LOOKED_AT } from "@water_service_desk/components/views/parted_views";

describe.current.tags("desktop");

class WaterInquiry extends models.Model {
    _name = "water.inquiry";
    subject = fields.Char();
    _records = [{ id: 1, subject: "brown water" }];
    _views = {
        list: `<list><field name="subject"/></list>`,
        form: `<form><field name="subject"/></form>`,
        kanban: `<kanban><templates><t t-name="card"><field name="subject"/></t></templates></kanban>`,
        search: `<search><filter name="brown" string="Brown" domain="[('subject', '=', 'brown water')]"/></search>`,
    };
}

defineMailModels();
defineModels([WaterInquiry]);
defineActions([
    {
        id: 1,
        name: "Inquiries",
        res_model: "water.inquiry",
        views: [
            [false, "list"],
            [false, "kanban"],
            [false, "form"],
        ],
        search_view_id: [false, "search"],
    },
]);

/** Each request for views is a step. */
const watch = () =>
    onRpc("water.inquiry", "get_views", ({ kwargs }) => {
        expect.step(kwargs.views.map(([, type]) => type).join(" "));
    });

test("a list comes without its form, which is fetched while it is looked at", async () => {
    watch();
    await mountWithCleanup(WebClient);
    await getService("action").doAction(1);
    expect.verifySteps(["list kanban search"]);
    await advanceTime(LOOKED_AT);
    expect.verifySteps(["form"]);
    await contains(".o_data_cell").click();
    expect(".o_form_view [name=subject] input").toHaveValue("brown water");
    await contains(".o_breadcrumb a, .o_back_button").click();
    await contains(".o_switch_view.o_kanban").click();
    expect(".o_kanban_record:first").toHaveText("brown water");
    expect.verifySteps([]);
});

test("who opens a case at once has its form at once", async () => {
    watch();
    await mountWithCleanup(WebClient);
    await getService("action").doAction(1);
    await contains(".o_data_cell").click();
    await animationFrame();
    expect(".o_form_view [name=subject] input").toHaveValue("brown water");
    expect.verifySteps(["list kanban search", "form"]);
});

test("a form that does not come disturbs nobody who looks at a list", async () => {
    let isDown = true;
    onRpc("water.inquiry", "get_views", ({ kwargs }) => {
        const isForm = kwargs.views.every(([, type]) => type === "form");
        if (isForm && isDown) {
            expect.step("no form");
            throw makeServerError({ type: "AccessError" });
        }
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction(1);
    await advanceTime(LOOKED_AT);
    await animationFrame();
    expect.verifySteps(["no form"]);
    expect(".modal").toHaveCount(0);
    isDown = false;
    await contains(".o_data_cell").click();
    expect(".o_form_view [name=subject] input").toHaveValue("brown water");
});

test("the filters of a list are there after a form as well", async () => {
    await mountWithCleanup(WebClient);
    await getService("action").doAction(1);
    await contains(".o_data_cell").click();
    expect(".o_form_view").toHaveCount(1);
    await contains(".o_breadcrumb a, .o_back_button").click();
    await contains(".o_searchview_dropdown_toggler").click();
    expect(".o_filter_menu .o_menu_item:first").toHaveText("Brown");
});
