import { describe, expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { getService, mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { session } from "@web/session";
import { WaterManual } from "@water_service_desk/components/manual/manual";

describe.current.tags("desktop");
defineMailModels();

test("pages of compensation lead to their chapter of the manual", async () => {
    const found = [];
    patchWithCleanup(session, { water_manual: { url: "https://help/en/", role: "roles/agent/" } });
    patchWithCleanup(browser, { open: (url) => found.push(url) });
    await mountWithCleanup(WaterManual);
    for (const model of ["water.compensation", "water.complaint"]) {
        const action = { res_model: model };
        patchWithCleanup(getService("action"), { currentController: { action } });
        await click(".o_water_manual");
    }
    expect(found).toEqual([
        "https://help/en/roles/finance/",
        "https://help/en/roles/agent/",
    ]);
});
