import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { getActiveElement, press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { arrange, columnOf } from "@water_service_desk/components/duty_board/duty_columns";

describe.current.tags("desktop");

const MINUTE = 60 * 1000;
const at = (text) => deserializeDateTime(text);
const ends = { day: at("2026-10-12 16:00:00"), week: at("2026-10-18 16:00:00") };

class WaterDeadline extends models.Model {
    _name = "water.deadline";
    due_at = fields.Datetime();
    _records = [];
    _views = { search: `<search />` };
}

function card(id, due_at, values = {}) {
    return {
        id,
        due_at,
        model: "water.request",
        case_id: id * 10,
        number: `TS${id}`,
        title: `Matter ${id}`,
        kind: "Completion",
        label: "",
        department: "Network",
        zone: "",
        person: "Zhao Jun",
        warned: false,
        provisional: false,
        emergency: false,
        ...values,
    };
}

function board(cards, values = {}) {
    const keys = ["breached", "hour", "today", "week"];
    return {
        now: "2026-10-12 09:00:00",
        day: "2026-10-12 16:00:00",
        week: "2026-10-18 16:00:00",
        tz: "Asia/Shanghai",
        columns: keys.map((key) => ({
            key,
            count: (cards[key] || []).length,
            more: false,
            cards: cards[key] || [],
        })),
        departments: [
            { id: 1, name: "Network", counts: { breached: 1, hour: 1, today: 0, week: 0 } },
            { id: 2, name: "Finance", counts: { breached: 0, hour: 0, today: 0, week: 0 } },
            { id: 0, name: "None", counts: { breached: 0, hour: 0, today: 2, week: 0 } },
        ],
        kinds: [
            ["close", "Completion"],
            ["promise", "Promise"],
        ],
        zones: [[7, "East"]],
        ...values,
    };
}

const full = () =>
    board({
        breached: [card(1, "2026-10-12 08:00:30", { emergency: true })],
        hour: [card(2, "2026-10-12 09:10:30"), card(3, "2026-10-12 09:40:30")],
        today: [card(4, "2026-10-12 10:05:30", { warned: true })],
        week: [],
    });

let calls;
let answer;
beforeEach(() => {
    onRpc("has_group", () => true);
    mockDate("2026-10-12 09:00:00", 0);
    calls = [];
    answer = full;
    onRpc("water.deadline", "duty_board", ({ kwargs }) => {
        calls.push(kwargs);
        return answer();
    });
});
defineMailModels();
defineModels([WaterDeadline]);

const arch = `<kanban js_class="water_duty_board"><templates><t t-name="card" /></templates></kanban>`;
const mountBoard = (params = {}) =>
    mountView({ type: "kanban", resModel: "water.deadline", arch, ...params });
const numbers = (key) => queryAllTexts(`[data-key=${key}] .o_water_duty_card b`);

test("a limit stands in exactly one column", () => {
    const now = at("2026-10-12 09:00:00");
    expect(columnOf(at("2026-10-12 08:59:59"), now, ends)).toBe("breached");
    expect(columnOf(at("2026-10-12 09:00:00"), now, ends)).toBe("hour");
    expect(columnOf(at("2026-10-12 10:00:00"), now, ends)).toBe("today");
    expect(columnOf(at("2026-10-12 16:00:00"), now, ends)).toBe("week");
    expect(columnOf(at("2026-10-18 16:00:00"), now, ends)).toBe(false);
});

test("counts move on with the cards, also those that are not shown", () => {
    const told = board({ hour: [{ id: 1, due: at("2026-10-12 09:10:00") }] });
    told.columns[1].count = 40;
    const columns = arrange({ ...told, ends }, at("2026-10-12 09:11:00"));
    expect(columns.map((column) => column.count)).toEqual([1, 39, 0, 0]);
    expect(columns.map((column) => column.cards.length)).toEqual([1, 0, 0, 0]);
});

test("four columns with words, icons and counts", async () => {
    await mountBoard();
    expect(queryAllTexts(".o_water_duty_column h2")).toEqual([
        "Overdue 1",
        "Within an Hour 2",
        "Today 1",
        "This Week 0",
    ]);
    expect(".o_water_duty_column h2 i.fa").toHaveCount(4);
    expect(numbers("hour")).toEqual(["TS2", "TS3"]);
    expect("[data-key=breached] .o_water_emergency .o_water_countdown").toHaveText(
        "Overdue by 59 min"
    );
    expect("[data-key=today] .o_water_countdown").toHaveAttribute("data-level", "soon");
    expect("[data-key=week] p").toHaveText("No more due this week.");
    expect("[data-id='2']").toHaveAttribute("href", "/odoo/water.request/20");
});

test("cards pass into the next column by the clock, and the server is asked", async () => {
    await mountBoard();
    expect(calls).toHaveLength(1);
    answer = () => {
        throw new Error("no connection");
    };
    await advanceTime(11 * MINUTE);
    await animationFrame();
    expect(numbers("breached")).toEqual(["TS1", "TS2"]);
    expect(numbers("hour")).toEqual(["TS3", "TS4"]);
    expect(calls.length).toBeGreaterThan(1);
    expect(".o_water_duty_stale").toHaveText(/Not refreshed since/);
});

test("the board refreshes itself", async () => {
    await mountBoard();
    answer = () => board({ week: [card(9, "2026-10-14 09:00:00")] });
    await advanceTime(MINUTE);
    await animationFrame();
    expect(calls).toHaveLength(2);
    expect(numbers("breached")).toEqual([]);
    expect(numbers("week")).toEqual(["TS9"]);
    expect(".o_water_duty_stale").toHaveCount(0);
});

test("the server's clock counts, not the computer's", async () => {
    mockDate("2026-10-12 06:00:00", 0); // three hours slow
    await mountBoard();
    expect(numbers("breached")).toEqual(["TS1"]);
    expect("[data-id='2'] .o_water_countdown").toHaveText("10 min left");
});

test("j and k move, Enter opens the case", async () => {
    mockService("action", {
        doAction(action) {
            expect.step([action.res_model, action.res_id]);
        },
    });
    await mountBoard();
    const focused = () => getActiveElement().dataset.id;
    await press("j");
    expect(focused()).toBe("1");
    await press("j");
    await press("j");
    expect(focused()).toBe("3");
    await press("k");
    expect(focused()).toBe("2");
    await contains("[data-id='2']").click();
    expect.verifySteps([["water.request", 20]]);
});

test("narrowed by department, kind and zone, and remembered", async () => {
    await mountBoard();
    await contains("select[aria-label='Kind of clock']").select("promise");
    await contains("select[aria-label='Supply zone']").select("7");
    await contains(".o_water_duty_departments button:contains(Network)").click();
    expect(calls.at(-1).choice).toEqual({ kind: "promise", zone_id: 7, department_id: 1 });
    expect(JSON.parse(browser.localStorage.getItem("water_duty_board"))).toEqual(
        calls.at(-1).choice
    );
    expect(".o_water_duty_departments button[aria-pressed=true]").toHaveText(/Network/);
    await contains("button:contains(Show all)").click();
    expect(calls.at(-1).choice).toEqual({});
    expect(browser.localStorage.getItem("water_duty_board")).toBe(null);
});

test("departments with something due, none included", async () => {
    await mountBoard();
    expect(queryAllTexts(".o_water_duty_departments button")).toHaveLength(2);
    await contains(".o_water_duty_departments button:contains(None)").click();
    expect(calls.at(-1).choice).toEqual({ department_id: 0 });
});

test("a zone that is gone is forgotten", async () => {
    browser.localStorage.setItem("water_duty_board", JSON.stringify({ zone_id: 99 }));
    await mountBoard();
    expect(calls.map((call) => call.choice)).toEqual([{ zone_id: 99 }, {}]);
});

test("nothing due is good news", async () => {
    answer = () => board({});
    await mountBoard();
    expect(".o_water_duty_empty").toHaveText(/None due this week/);
    expect(".o_water_duty_columns").toHaveCount(0);
});

test("more than are shown", async () => {
    answer = () => {
        const told = full();
        Object.assign(told.columns[0], { count: 2000, more: true });
        return told;
    };
    await mountBoard();
    expect("[data-key=breached] .o_water_duty_total").toHaveText("2000+");
    expect("[data-key=breached] p").toHaveText("The first 1 of 2000+ are shown.");
});

test("the wall asks for no customers' words and links nowhere", async () => {
    await mountBoard({ context: { water_wall: true } });
    expect(calls[0].wall).toBe(true);
    expect(".o_control_panel").toHaveCount(0);
    expect("a.o_water_duty_card").toHaveCount(0);
    expect(queryFirst(".o_water_wall h1")).toHaveText("Duty Board");
});
