import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const LOOKS = {
    done: { icon: "fa-check-circle text-success", label: _t("complete") },
    absent: { icon: "fa-minus-circle text-muted", label: _t("does not apply") },
    missing: { icon: "fa-exclamation-circle text-danger", label: _t("missing") },
};

/** The checklist of the archive: each item complete, not applying for a reason, or missing. */
export class ChecklistField extends Component {
    static template = "water_complaints.Checklist";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get items() {
        const items = this.props.record.data[this.props.name] || [];
        return items.map((item) => ({ ...item, look: LOOKS[item.state] }));
    }

    get missing() {
        return this.items.filter((item) => item.state === "missing").length;
    }

    async open(item) {
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(resModel, "action_open_checklist", [[resId], item.key]);
        await this.action.doAction(action);
    }
}

registry.category("fields").add("water_checklist", {
    component: ChecklistField,
    displayName: _t("Checklist of the archive"),
    supportedTypes: ["json"],
});
