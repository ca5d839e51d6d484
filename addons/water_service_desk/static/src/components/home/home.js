import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useSetupAction } from "@web/search/action_hook";
import { WaterCountdown, useNow } from "@water_service_desk/components/countdown/countdown";

const { DateTime } = luxon;
/** Milliseconds after which the page asks the server again. */
const REFRESH = 60 * 1000;
/** An item counts so many rows; what is beyond reads as “99+”. */
const COUNTED = 100;
const TITLES = {
    decide: _t("My Approvals"),
    work: _t("My Work"),
    watch: _t("To Watch"),
    load: _t("Load by Person"),
    figure: _t("Figures"),
};
const EMPTY = {
    decide: _t("No tasks waiting for you."),
    work: _t("All done."),
};

/** The first page of a role: what waits for the reader, what is due, and the figures. */
export class WaterHome extends Component {
    static template = "water_service_desk.Home";
    static components = { WaterCountdown };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.tours = useService("tour_service");
        this.root = useRef("root");
        useAutofocus({ refName: "call" }); // whoever picks up types at once
        this.keepLast = new KeepLast();
        this.titles = TITLES;
        this.empty = EMPTY;
        this.state = useState({ home: null, words: "", busy: false });
        this.asked = DateTime.now();
        useNow(() => this.onTick());
        useSetupAction({ rootRef: this.root });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.home = await this.keepLast.add(
            this.orm.silent.call("water.home.item", "home", [])
        );
        this.asked = DateTime.now();
    }

    async onTick() {
        const isStale = DateTime.now().diff(this.asked).milliseconds >= REFRESH;
        if (this.state.home && isStale && !document.hidden) {
            this.asked = DateTime.now();
            await this.load().catch(() => {}); // the next minute tries again
        }
    }

    get today() {
        return toLocaleDateString(DateTime.now());
    }

    /** The rows of a part, where the reader has such a part. */
    list(key) {
        return this.sections(key)[0];
    }

    get watched() {
        return this.sections("watch")[0];
    }

    get loads() {
        return this.sections("load").find((part) => part.people.length);
    }

    get figures() {
        return this.sections("figure")[0];
    }

    sections(key) {
        const isWanted = (part) => part.key === key && part.items.length;
        return this.state.home.sections.filter(isWanted);
    }

    count(item) {
        return item.count >= COUNTED ? `${COUNTED - 1}+` : item.count;
    }

    total(section) {
        const total = section.items.reduce((sum, item) => sum + item.count, 0);
        return this.count({ count: total });
    }

    due(row) {
        return deserializeDateTime(row.due);
    }

    /** The time of day to which figures of very many rows were counted. */
    time(text) {
        return deserializeDateTime(text).toLocaleString(DateTime.TIME_SIMPLE);
    }

    value(figure, number) {
        if (number === null) {
            return "–";
        }
        return figure.is_rate ? `${number} %` : number;
    }

    /** Against the last month, for the eye: the numbers stand beside it. */
    trend(figure) {
        if (!figure.is_rate || figure.month === null || figure.last === null) {
            return "";
        }
        return figure.month > figure.last ? "↑" : figure.month < figure.last ? "↓" : "→";
    }

    async open(item) {
        const action = await this.action.loadAction(item.action);
        const context = { ...action.context };
        for (const name of Object.keys(context)) {
            if (name.startsWith("search_default_")) {
                delete context[name];
            }
        }
        // the list is called what was pressed, not what all of its rows are called
        const names = { name: item.name, display_name: item.name };
        await this.action.doAction({ ...action, ...names, domain: item.domain, context });
    }

    /** What a person has open of an item. */
    async openLoad(item, person) {
        const domain = [...item.domain, [item.person, "=", person.id]];
        await this.open({ ...item, name: `${item.name}: ${person.name}`, domain });
    }

    async openRow(row) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.model,
            res_id: row.id,
            views: [[false, "form"]],
        });
    }

    /** The second click of a double click would decide the row that moves up under the finger. */
    async act(row, method, ev) {
        if (this.state.busy || ev.detail > 1) {
            return;
        }
        this.state.busy = true;
        try {
            const action = await this.orm.call(row.model, method, [[row.id]]);
            if (action?.type) {
                // others answer that it is done
                await this.action.doAction(action, { onClose: () => this.load() });
            }
        } finally {
            this.state.busy = false;
            await this.load(); // also what somebody else has decided meanwhile
        }
        this.env.bus.trigger("WATER:DECIDED");
    }

    /** What the company lacks before it opens. */
    async openSetup() {
        await this.action.doAction("water_service_desk.action_setup");
    }

    /** The role's first steps, pointed out on its own pages. */
    async showAround() {
        const { tour } = this.state.home;
        this.state.home.tour = false;
        await this.tours.startTour(tour.name, {
            mode: "manual",
            redirect: false,
            rainbowManMessage: tour.message,
        });
    }

    /** A case number opens the case; everything else is who calls. */
    async onCall(ev) {
        const words = this.state.words.trim();
        if (ev.key !== "Enter" || !words) {
            return;
        }
        const found = await this.orm.call("water.home.item", "find_case", [words]);
        await this.action.doAction(
            found || "water_service_desk.action_call",
            found ? {} : { additionalContext: { default_query: words } }
        );
    }
}

registry.category("actions").add("water_home", WaterHome);
