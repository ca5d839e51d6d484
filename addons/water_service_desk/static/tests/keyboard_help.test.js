import { describe, expect, getFixture, test } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { keysOf } from "@water_service_desk/components/first_steps/keyboard_help";

describe.current.tags("desktop");
defineMailModels();

class Page extends Component {
    static template = xml`
        <nav class="o_main_navbar"><button data-hotkey="shift+u">Company</button></nav>
        <button data-hotkey="q">Answer and Close</button>
        <button data-hotkey="w" style="display: none">Hidden</button>
        <button data-hotkey="r" aria-label="Register"><i class="fa fa-plus" /></button>
        <input class="o_words" />`;
    static props = ["*"];
}

test("the keys of the page are those of the buttons that are seen, menus last", async () => {
    await mountWithCleanup(Page);
    const keys = keysOf(getFixture());
    expect(keys.map(({ label }) => label)).toEqual(["Answer and Close", "Register", "Company"]);
    expect(keys[2].key).toMatch(/Shift \+ U$/);
});

test("? shows them, but is a letter where somebody types", async () => {
    await mountWithCleanup(MainComponentsContainer);
    await mountWithCleanup(Page);
    await contains(".o_words").click();
    await press("?");
    await animationFrame();
    expect(".o_water_keys").toHaveCount(0);
    document.activeElement.blur();
    await press("?");
    await animationFrame();
    expect(".o_water_keys").toHaveCount(1);
    expect(".o_water_keys tr:first").toHaveText(/Q\s+Answer and Close/);
    await contains(".modal-footer .btn-primary").click();
    expect(".o_water_keys").toHaveCount(0);
});
