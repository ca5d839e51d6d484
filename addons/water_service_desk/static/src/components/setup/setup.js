import { Component, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** How a step looks: what it is called, its colour and its sign. */
const STATES = {
    done: { label: _t("Done"), badge: "text-bg-success", icon: "fa-check-circle text-success" },
    open: { label: _t("Missing"), badge: "text-bg-danger", icon: "fa-circle-o text-danger" },
    later: { label: _t("Not yet"), badge: "text-bg-warning", icon: "fa-circle-o text-warning" },
};

/** The first-run checklist: what the company lacks, where it is mended, and whether it works. */
export class WaterSetup extends Component {
    static template = "water_service_desk.Setup";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.states = STATES;
        this.state = useState({ page: null, tried: {}, trying: "" });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.page = await this.orm.call("water.setup", "page", []);
    }

    get done() {
        return this.state.page.steps.filter((step) => step.state === "done").length;
    }

    async mend(step) {
        await this.action.doAction(step.action, { onClose: () => this.load() });
    }

    async choose(step, choice) {
        this.state.page = await this.orm.call("water.setup", "choose", [step.key, choice.key]);
        if (step.key === "scope") {
            browser.location.reload(); // menus and rights of this user are others now
        }
    }

    /** Sends the mail, opens the gateway: one at a time, for each may take seconds. */
    async tryStep(step) {
        this.state.trying = step.key;
        try {
            const answer = await this.orm.call("water.setup", "try_step", [step.key]);
            this.state.tried[step.key] = answer;
        } finally {
            this.state.trying = "";
        }
        await this.load();
    }
}

registry.category("actions").add("water_setup", WaterSetup);
