import { describe, expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { getService, mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { session } from "@web/session";
import { WaterManual } from "@water_service_desk/components/manual/manual";

describe.current.tags("desktop");
defineMailModels();

async function opened(action) {
    const found = [];
    patchWithCleanup(session, { water_manual: { url: "https://help/en/", role: "roles/agent/" } });
    patchWithCleanup(browser, { open: (url, ...how) => found.push([url, ...how]) });
    await mountWithCleanup(WaterManual);
    patchWithCleanup(getService("action"), { currentController: action && { action } });
    await click(".o_water_manual");
    return found;
}

test("what has a chapter of its own leads there, in a window that knows nothing of us", async () => {
    const found = await opened({ res_model: "water.standard", tag: false });
    expect(found).toEqual([["https://help/en/reference/standards/", "_blank", "noopener"]]);
});

test("all else leads to the reader's role, also before anything is open", async () => {
    expect((await opened({ res_model: "water.inquiry" }))[0][0]).toBe(
        "https://help/en/roles/agent/"
    );
    expect((await opened(null))[0][0]).toBe("https://help/en/roles/agent/");
});
