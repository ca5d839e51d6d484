import { Component, onWillDestroy, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { session } from "@web/session";

/** Milliseconds after which the number is asked for again. */
const REFRESH = 60 * 1000;
/** Above this a number says enough. */
const SHOWN = 99;

/** How many rows wait for the user's decision, on every page; a click opens them. */
export class WaterWaiting extends Component {
    static template = "water_service_desk.Waiting";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ count: 0 });
        const timer = browser.setInterval(() => this.load(), REFRESH);
        onWillDestroy(() => browser.clearInterval(timer));
        useBus(this.env.bus, "WATER:DECIDED", () => this.load());
        this.load();
    }

    async load() {
        if (!document.hidden) {
            // a page without the number is better than one with an error
            this.state.count = await this.orm.silent
                .call("water.home.item", "waiting", [])
                .catch(() => this.state.count);
        }
    }

    get count() {
        return this.state.count > SHOWN ? `${SHOWN}+` : this.state.count;
    }

    async open() {
        await this.action.doAction("water_service_desk.action_home", { clearBreadcrumbs: true });
    }
}

if (session.water_waits) {
    registry
        .category("systray")
        .add("water_service_desk.waiting", { Component: WaterWaiting }, { sequence: 30 });
}
