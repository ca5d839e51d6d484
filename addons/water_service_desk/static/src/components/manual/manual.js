import { Component } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";

/** Pages of the manual about a model or a client action; the rest leads to the reader's role. */
const pages = registry.category("water_manual_pages");
pages.add("res.config.settings", "reference/settings/");
pages.add("water.setup", "admin/setup/");
pages.add("water.alarm", "admin/operate/");
pages.add("water.deadline", "standards/");
pages.add("water.standard", "reference/standards/");
pages.add("water.escalation.step", "reference/standards/");
pages.add("water.webhook", "developer/api/");

/** The question mark at the top: opens the chapter of the manual about the page in front. */
export class WaterManual extends Component {
    static template = "water_service_desk.Manual";
    static props = {};

    setup() {
        this.action = useService("action");
    }

    get url() {
        const action = this.action.currentController?.action || {};
        const page = [action.res_model, action.tag].find((name) => name && pages.contains(name));
        return session.water_manual.url + (page ? pages.get(page) : session.water_manual.role);
    }

    open() {
        browser.open(this.url, "_blank", "noopener");
    }
}

if (session.water_manual) {
    registry
        .category("systray")
        .add("water_service_desk.manual", { Component: WaterManual }, { sequence: 29 });
}
