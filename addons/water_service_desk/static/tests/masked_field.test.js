import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { LOOK } from "@water_service_desk/components/masked/masked_field";

describe.current.tags("desktop");

class WaterCase extends models.Model {
    _name = "water.masked.sample";
    phone_masked = fields.Char();
    can_reveal = fields.Boolean();
    _records = [
        { id: 1, phone_masked: "138****5678", can_reveal: true },
        { id: 2, phone_masked: "138****5678", can_reveal: false },
        { id: 3, phone_masked: "", can_reveal: true },
    ];
}
beforeEach(() => {
    onRpc("has_group", () => true);
    onRpc("reveal_reasons", () => [
        ["appointment", "Arrange a visit"],
        ["other", "Something else"],
    ]);
    onRpc("reveal", ({ args }) => {
        expect.step(args);
        return { contact_name: "Zhang Wei", phone: "13812345678" };
    });
});
defineMailModels();
defineModels([WaterCase]);

const arch = /* xml */ `
    <form>
        <field name="phone_masked" widget="water_masked" readonly="1"
            options="{'reveals': ['contact_name', 'phone']}" />
    </form>`;
const mount = (resId) => mountView({ type: "form", resModel: "water.masked.sample", arch, resId });

test("the eye asks why, shows for a minute, and covers again", async () => {
    await mount(1);
    expect(".o_water_masked").toHaveText("138****5678");
    await contains(".o_water_masked button").click();
    expect(".modal .btn-primary").not.toBeEnabled();
    await contains(".modal input[value=appointment]").click();
    await contains(".modal .btn-primary").click();
    expect.verifySteps([[[1], ["contact_name", "phone"], "appointment", ""]]);
    expect(".o_water_masked [role=status]").toHaveText("Zhang Wei 13812345678");
    expect(".o_water_masked a").toHaveAttribute("href", "tel:13812345678");
    await advanceTime(LOOK);
    await animationFrame();
    expect(".o_water_masked").toHaveText("138****5678");
});

test("another reason has to be put into words", async () => {
    await mount(1);
    await contains(".o_water_masked button").click();
    await contains(".modal input[value=other]").click();
    expect(".modal .btn-primary").not.toBeEnabled();
    await contains(".modal #water_reveal_note").edit("He asked for it", { confirm: false });
    expect(".modal .btn-primary").toBeEnabled();
});

test("a click covers what is shown", async () => {
    await mount(1);
    await contains(".o_water_masked button").click();
    await contains(".modal input[value=appointment]").click();
    await contains(".modal .btn-primary").click();
    await contains(".o_water_masked button").click();
    expect(".o_water_masked").toHaveText("138****5678");
    expect.verifySteps([[[1], ["contact_name", "phone"], "appointment", ""]]);
});

test("no eye where there is nothing to see, or nobody may look", async () => {
    await mount(2);
    expect(".o_water_masked button").toHaveCount(0);
});

test("no eye on an empty value", async () => {
    await mount(3);
    expect(".o_water_masked button").toHaveCount(0);
});
