import { expect, test } from "@odoo/hoot";
import { registry } from "@web/core/registry";

test("words to customers of complaints are looked at before they go out", () => {
    expect(registry.category("water.cases").contains("water.complaint")).toBe(true);
});
