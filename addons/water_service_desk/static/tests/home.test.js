import { describe, expect, test } from "@odoo/hoot";
import { click, dblclick } from "@odoo/hoot-dom";
import { Deferred, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, mountWithCleanup, onRpc, getService } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");
defineMailModels();

const row = (id) => ({
    item: 1,
    id,
    model: "water.deadline.pause",
    kind: "Pauses",
    name: `TS-${id}`,
    text: "",
    accept: "action_approve",
    accept_label: "Approve",
});

/** A home on which so many rows wait, and a server that takes its time. */
async function openHome(waiting, answered = () => {}) {
    const rows = [...waiting];
    onRpc("water.home.item", "home", () => ({
        name: "Supervisor",
        sections: [
            {
                key: "decide",
                items: [{ id: 1, name: "Pauses", count: rows.length }],
                rows: rows.map(row),
            },
        ],
    }));
    onRpc("water.deadline.pause", "action_approve", async ({ args }) => {
        expect.step(`approve ${args[0]}`);
        await answered();
        rows.splice(rows.indexOf(args[0][0]), 1);
        return true;
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "water_home" });
}

const BUTTON = ".o_water_home_list li:first-child .btn-primary";

test("who clicks twice decides one row, not the next one that moves up as well", async () => {
    await openHome([1, 2, 3]);
    await dblclick(BUTTON);
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["approve 1"]);
    expect(".o_water_home_list li").toHaveCount(2);
    await contains(BUTTON).click();
    expect.verifySteps(["approve 2"]);
});

test("while one is decided no other is", async () => {
    const answer = new Deferred();
    await openHome([1, 2], () => answer);
    await click(BUTTON);
    await click(".o_water_home_list li:last-child .btn-primary");
    await animationFrame();
    expect.verifySteps(["approve 1"]);
    answer.resolve();
    await animationFrame();
    expect(".o_water_home_list li").toHaveCount(1);
});
