import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useSetupAction } from "@web/search/action_hook";
import { WaterCountdown } from "@water_service_desk/components/countdown/countdown";

/** Parts that say something even when there is nothing in them. */
const EMPTY = {
    cases: _t("No cases yet."),
    neighbours: _t("No other open cases of this kind nearby."),
    promises: _t("No promises yet."),
};
const TONES = {
    danger: "text-bg-danger",
    success: "text-bg-success",
    warning: "text-bg-warning",
};

/** All that the house knows of one customer, as far as the reader may see it. */
export class WaterCustomer extends Component {
    static template = "water_service_desk.Customer";
    static components = { WaterCountdown };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.empty = EMPTY;
        this.state = useState({ page: null });
        useSetupAction({ rootRef: this.root });
        onWillStart(() => this.load());
    }

    async load() {
        const { active_model, active_id } = this.props.action.context;
        this.state.page = await this.orm.call("water.customer", "page", [
            active_model || "",
            active_id || 0,
        ]);
        this.env.config.setDisplayName(this.state.page.name || this.props.action.name);
    }

    /** Parts with rows, and those whose emptiness tells something. */
    get sections() {
        return this.state.page.sections.filter((part) => part.rows.length || EMPTY[part.key]);
    }

    badge(tone) {
        return TONES[tone] || "text-bg-light border";
    }

    count(tally) {
        return tally.more ? `${tally.count - 1}+` : tally.count;
    }

    moment(text) {
        return deserializeDateTime(text);
    }

    day(text) {
        return toLocaleDateString(deserializeDateTime(text));
    }

    key(row, index) {
        return row.model ? `${row.model},${row.id},${index}` : index;
    }

    async openForm(model, id) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    async openRows(section, tally) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            name: `${section.title}: ${tally.text}`,
            res_model: tally.model,
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [["id", "in", tally.ids]],
            context: { create: false },
        });
    }

    /** A new case begins with the call screen, which knows the customer by his number. */
    async pickUp() {
        const { page } = this.state;
        const query = page.accounts.length ? page.accounts[0].code : page.phone || page.name;
        await this.action.doAction("water_service_desk.action_call", {
            additionalContext: { default_query: query },
        });
    }
}

registry.category("actions").add("water_customer", WaterCustomer);
