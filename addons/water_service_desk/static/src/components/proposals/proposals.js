import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Alt and one of these takes a category; digits belong to Odoo's menus. */
const KEYS = ["g", "k", "l"];

/** Categories that fit what the caller said: one key takes one of them. */
export class WaterProposals extends Component {
    static template = "water_service_desk.Proposals";
    static props = { ...standardFieldProps };

    get rows() {
        const rows = this.props.record.data[this.props.name] || [];
        return rows.map((row, at) => ({ ...row, key: KEYS[at] }));
    }

    take(row) {
        return this.props.record.update({ category_id: { id: row.id, display_name: row.name } });
    }
}

registry.category("fields").add("water_proposals", {
    component: WaterProposals,
    supportedTypes: ["json"],
});
