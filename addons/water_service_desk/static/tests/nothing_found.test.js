import { describe, expect, test } from "@odoo/hoot";
import {
    defineModels,
    fields,
    models,
    mountView,
    removeFacet,
    toggleMenuItem,
    toggleSearchBarMenu,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class WaterCompensation extends models.Model {
    _name = "water.compensation";
    name = fields.Char();
    _records = [];
    _views = {
        list: `<list><field name="name"/></list>`,
        search: `<search>
            <filter name="open" string="Open" domain="[('name', '=', 'open')]"/>
            <filter name="late" string="Late" domain="[('name', '=', 'late')]"/>
            <filter name="by_name" string="Name" context="{'group_by': 'name'}"/>
        </search>`,
    };
}
defineMailModels();
defineModels([WaterCompensation]);

const SAID = ".o_nocontent_help";

async function openList(context = {}) {
    await mountView({
        type: "list",
        resModel: "water.compensation",
        noContentHelp: "No compensations yet",
        searchViewId: false,
        context,
    });
}

test("an empty list says what its menu says, by its own filters and grouped as well", async () => {
    await openList({ search_default_open: 1 });
    expect(SAID).toHaveText("No compensations yet");
    await toggleSearchBarMenu();
    await toggleMenuItem("Name");
    expect(SAID).toHaveText("No compensations yet");
});

test("whoever narrows it himself reads that nothing matches, until he takes that back", async () => {
    await openList();
    await toggleSearchBarMenu();
    await toggleMenuItem("Late");
    expect(SAID).toHaveText(/^No results\./);
    await removeFacet("Late");
    expect(SAID).toHaveText("No compensations yet");
});
