import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { click, edit, press, queryAllTexts, queryFirst, waitFor, waitUntil } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
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
import { PAUSE } from "@water_service_desk/components/articles/articles";

describe.current.tags("desktop");

class WaterArticle extends models.Model {
    _name = "water.article";
    name = fields.Char();
    _records = [
        { id: 7, name: "Yellow water" },
        { id: 8, name: "Low pressure" },
    ];
}

class WaterCategory extends models.Model {
    _name = "water.category";
    name = fields.Char();
    _records = [{ id: 3, name: "Water quality" }];
}

class WaterInquiry extends models.Model {
    _name = "water.inquiry";
    subject = fields.Char();
    description = fields.Text();
    answer = fields.Text();
    article_id = fields.Many2one({ relation: "water.article" });
    article_trace = fields.Json();
    category_id = fields.Many2one({ relation: "water.category" });
    is_final = fields.Boolean();
    _records = [
        { id: 1, subject: "brown water", answer: "Hello." },
        { id: 2, subject: "over", is_final: true },
    ];
}

defineMailModels();
defineModels([WaterArticle, WaterCategory, WaterInquiry]);

const ARCH = `
    <form>
        <field name="is_final" invisible="1"/>
        <field name="subject"/>
        <field name="description"/>
        <field name="category_id"/>
        <field name="answer"/>
        <field name="article_id"/>
        <field name="article_trace" invisible="1"/>
        <widget name="water_articles" answer="answer"/>
    </form>`;
const FOUND = {
    articles: [
        {
            id: 7,
            code: "ZS-0001",
            title: "Yellow water",
            snippet: "Let it run",
            answer: "Let it run.",
        },
        {
            id: 8,
            code: "ZS-0002",
            title: "Low pressure",
            snippet: "Valves",
            answer: "Open the valve.",
        },
    ],
    blocks: [{ id: 5, title: "thanks", text: "Thank you for calling." }],
};

let asked, saved;

beforeEach(() => {
    asked = [];
    saved = [];
    onRpc("water.article", "suggest", ({ kwargs }) => {
        asked.push(kwargs);
        return FOUND;
    });
    onRpc("water.inquiry", "web_save", ({ args }) => {
        saved.push({ ...args[1] });
    });
});

const rest = async () => {
    await advanceTime(PAUSE + 50);
    await animationFrame();
};

const open = async (resId) => {
    await mountView({ type: "form", resModel: "water.inquiry", resId, arch: ARCH });
    await rest();
};

test("an empty case asks nothing and says what comes", async () => {
    await open();
    expect(asked).toEqual([]);
    expect(".o_water_articles").toHaveText(/while you write/);
});

test("the server is asked while one types, once the fingers rest", async () => {
    await open();
    await contains("[name=subject] input").click();
    await edit("yellow", { confirm: false });
    await edit("yellow water", { confirm: false });
    expect(asked).toHaveLength(0);
    await rest();
    expect(asked).toHaveLength(1);
    expect(asked[0].text).toBe("yellow water");
    expect(queryAllTexts(".o_water_open")).toEqual(["Yellow water", "Low pressure"]);
});

test("the same words are asked for once, a category anew", async () => {
    await open(1);
    expect(asked).toHaveLength(1);
    expect(asked[0].case).toEqual(["water.inquiry", 1]);
    await contains("[name=subject] input").click();
    await press("Tab");
    await rest();
    expect(asked).toHaveLength(1);
    await contains("[name=category_id] input").click();
    await contains(".dropdown-item:contains(Water quality)").click();
    await rest();
    expect(asked).toHaveLength(2);
    expect(asked[1].category_id).toBe(3);
});

test("a saved case asks for articles when they come into sight", async () => {
    const low = `<form><div style="height: 3000px"/>${ARCH.slice(ARCH.indexOf(">") + 1)}`;
    await mountView({ type: "form", resModel: "water.inquiry", resId: 1, arch: low });
    await rest();
    expect(asked).toEqual([]);
    expect(".o_water_articles").toHaveText(/while you write/);
    queryFirst(".o_water_articles").scrollIntoView();
    await waitFor(".o_water_open");
    expect(asked).toHaveLength(1);
    await contains("[name=subject] input").edit("yellow", { confirm: "blur" });
    await rest();
    queryFirst(".o_water_articles").scrollIntoView();
    await waitUntil(() => asked.length === 2);
    expect(asked[1].text).toBe("yellow");
});

test("taking an article fills the answer, cites it and is reported", async () => {
    await open(1);
    await click(".o_water_use:eq(0)");
    await rest();
    expect("[name=answer] textarea").toHaveValue("Hello.\nLet it run.");
    expect("[name=answer] textarea").toBeFocused();
    expect(".o_water_article_row:eq(0) .badge").toHaveText("Cited");
    await contains(".o_form_button_save").click();
    expect(saved).toEqual([
        { answer: "Hello.\nLet it run.", article_id: 7, article_trace: { suggested: [7] } },
    ]);
});

test("the keyboard is enough", async () => {
    await open(1);
    expect(queryFirst(".o_water_use").dataset.hotkey).toBe("y");
    await press(["alt", "z"]);
    await rest();
    expect("[name=answer] textarea").toHaveValue("Hello.\nOpen the valve.");
});

test("a canned answer is put below what is written", async () => {
    await open(1);
    await click(".o_water_block");
    await rest();
    await click(".o_water_block");
    await rest();
    expect("[name=answer] textarea").toHaveValue("Hello.\nThank you for calling.");
});

test("reading an article tells the case that is saved, or remembers it until then", async () => {
    onRpc("water.article", "action_read", ({ args }) => {
        expect.step(JSON.stringify(args));
        return { type: "ir.actions.act_window_close" };
    });
    mockService("action", { doAction: () => expect.step("opened") });
    await open(1);
    await click(".o_water_open:eq(1)");
    await rest();
    expect.verifySteps(['[[8],["water.inquiry",1]]', "opened"]);
});

test("reading for a case that is not saved yet", async () => {
    onRpc("water.article", "action_read", ({ args }) => {
        expect.step(JSON.stringify(args));
        return { type: "ir.actions.act_window_close" };
    });
    await open();
    await contains("[name=subject] input").edit("yellow", { confirm: "blur" });
    await rest();
    await click(".o_water_open:eq(1)");
    await rest();
    expect.verifySteps(["[[8],false]"]);
    await contains(".o_form_button_save").click();
    expect(saved).toEqual([
        {
            subject: "yellow",
            description: false,
            category_id: false,
            answer: false,
            article_id: false,
            article_trace: { opened: [8] },
            is_final: false,
        },
    ]);
});

test("a finished case is left alone", async () => {
    await open(2);
    expect(asked).toEqual([]);
    expect(".o_water_use").toHaveCount(0);
});
