import { expect, test } from "@odoo/hoot";
import { advanceTime, mockDate } from "@odoo/hoot-mock";
import { setupInteractionWhiteList, startInteractions } from "@web/../tests/public/helpers";

setupInteractionWhiteList("water_service_desk.until");

const until = (due, now) =>
    `<span class="o_water_until" data-due="${due}" data-now="${now}">…</span>`;

test("the customer's page counts down by the server's clock, not by his own", async () => {
    mockDate("2026-10-12 08:00:00", 0); // an hour slow
    await startInteractions(until("2026-10-12T10:05:30Z", "2026-10-12T09:00:00Z"));
    const span = ".o_water_until";
    expect(span).toHaveText("1 h 5 min left");
    await advanceTime(30 * 60 * 1000);
    expect(span).toHaveText("35 min left");
    expect(span).not.toHaveClass("text-danger");
    await advanceTime(40 * 60 * 1000);
    expect(span).toHaveText("Overdue by 4 min");
    expect(span).toHaveClass("text-danger");
});
