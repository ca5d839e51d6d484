import { describe, expect, test } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");

const FORM = `
    <form>
        <field name="text"/>
        <footer>
            <button name="action_send" type="object" string="Send" class="btn-primary" invisible="is_done"/>
            <button special="cancel" string="Cancel" class="btn-secondary"/>
        </footer>
        <field name="is_done" invisible="1"/>
    </form>`;

class WaterAnswerWizard extends models.Model {
    _name = "water.answer.wizard";
    text = fields.Text({ string: "Text" });
    is_done = fields.Boolean();
    _records = [{ id: 7, text: "", is_done: true }];
    _views = { form: FORM };
}

class Other extends models.Model {
    _name = "other.wizard";
    text = fields.Text({ string: "Text" });
    is_done = fields.Boolean();
    _views = { form: FORM };
}

defineMailModels();
defineModels([WaterAnswerWizard, Other]);

const ASKED = ".modal:contains(Not Sent Yet)";
const action = (model = "water.answer.wizard", resId = false) => ({
    type: "ir.actions.act_window",
    res_model: model,
    res_id: resId,
    views: [[false, "form"]],
    target: "new",
});
const open = async (...args) => {
    await mountWithCleanup(WebClient);
    await getService("action").doAction(action(...args));
};
const type = (text) => contains(".modal [name=text] textarea").edit(text, { confirm: false });
const escape = async () => {
    await press("Escape");
    await animationFrame();
    await animationFrame();
};

test("a dialog with words in it asks before Escape closes it, and keeps them", async () => {
    await open();
    await type("we have opened the valve");
    await escape();
    expect(ASKED).toHaveCount(1);
    await escape();
    expect(ASKED).toHaveCount(0);
    expect(".modal [name=text] textarea").toHaveValue("we have opened the valve");
    await contains(".modal .btn-close").click();
    await contains(`${ASKED} .btn-primary`).click();
    expect(".modal [name=text] textarea").toHaveValue("we have opened the valve");
    await escape();
    await contains(`${ASKED} .btn-secondary`).click();
    expect(".modal").toHaveCount(0);
});

test("a dialog that nobody has typed into closes at once, and so does one of another app", async () => {
    await open();
    await escape();
    expect(".modal").toHaveCount(0);
    await getService("action").doAction(action("other.wizard"));
    await type("what other apps do is theirs");
    await escape();
    expect(".modal").toHaveCount(0);
});

test("a preview of the words has not sent them: it is asked all the same", async () => {
    onRpc("action_send", ({ args }) => action("water.answer.wizard", args[0][0]));
    await open();
    await type("we have opened the valve");
    await contains(".modal .btn-primary").click();
    await animationFrame();
    expect(".modal [name=text] textarea").toHaveValue("we have opened the valve");
    await escape();
    expect(ASKED).toHaveCount(1);
});

test("what shows that all is done closes at once", async () => {
    await open("water.answer.wizard", 7);
    await type("a note to oneself");
    await escape();
    expect(".modal").toHaveCount(0);
});
