import { describe, expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { LOOKED_AT } from "@water_service_desk/components/later/later";

describe.current.tags("desktop");

const ARCH = `<form class="o_water_form">
    <sheet>
        <group>
            <field name="subject"/>
            <details class="o_water_fold text-muted">
                <summary>Rare</summary>
                <field name="is_rare"/>
                <label for="is_rare"/>
            </details>
        </group>
        <notebook class="o_water_later">
            <page string="Words" name="words"><field name="words"/></page>
        </notebook>
    </sheet>
</form>`;

class WaterCase extends models.Model {
    _name = "water.case";
    subject = fields.Char();
    words = fields.Char({ required: true });
    is_rare = fields.Boolean();
    _records = [{ id: 1, subject: "brown water", words: "It is brown." }];
}

defineMailModels();
defineModels([WaterCase]);

/** What the page watches for coming into sight; the test says when that is. */
function watchSight() {
    const watching = new Set();
    patchWithCleanup(window, {
        IntersectionObserver: class {
            constructor(onSeen) {
                this.onSeen = onSeen;
            }
            observe(el) {
                this.el = el;
                watching.add(this);
            }
            disconnect() {
                watching.delete(this);
            }
        },
    });
    return {
        watching,
        tell: (isIntersecting) => watching.forEach((one) => one.onSeen([{ isIntersecting }])),
    };
}

const open = (resId) => mountView({ resModel: "water.case", type: "form", arch: ARCH, resId });

test("what stands below the screen is drawn when it comes into sight", async () => {
    const sight = watchSight();
    await open(1);
    expect("[name=subject] input").toHaveValue("brown water");
    expect("[name=words]").toHaveCount(0);
    sight.tell(false);
    await animationFrame();
    expect("[name=words]").toHaveCount(0);
    sight.tell(true);
    await animationFrame();
    expect("[name=words] input").toHaveValue("It is brown.");
    expect(".o_water_place").toHaveCount(0);
    expect(sight.watching.size).toBe(0);
});

test("it is there as well when the page has been looked at for a while", async () => {
    watchSight();
    await open(1);
    expect(".nav-link").toHaveCount(0);
    await advanceTime(LOOKED_AT);
    await animationFrame();
    expect(".nav-link:contains(Words)").toHaveCount(1);
    expect("[name=words] input").toHaveValue("It is brown.");
});

test("a new record shows all of it at once", async () => {
    watchSight();
    await open();
    expect("[name=words] input").toHaveCount(1);
});

test("what must be filled in is asked for, drawn or not", async () => {
    watchSight();
    WaterCase._records[0].words = false;
    await open(1);
    await contains("[name=subject] input").edit("clear water");
    await click(".o_form_button_save");
    await animationFrame();
    expect(".o_form_status_indicator .o_form_button_save").toHaveCount(1);
    expect(".o_notification").toHaveCount(1);
});

test("rare fields are drawn when somebody unfolds them", async () => {
    watchSight();
    await open(1);
    expect("details.text-muted summary:contains(Rare)").toHaveCount(1);
    expect("details [name=is_rare]").toHaveCount(0);
    await click("details summary");
    await animationFrame();
    expect("details [name=is_rare] input").toHaveCount(1);
    expect("details label:contains(Is rare)").toHaveCount(1);
});
