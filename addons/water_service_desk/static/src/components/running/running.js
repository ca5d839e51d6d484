import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The caller's cases, each with what can be done about it while he is on the line. */
export class WaterRunning extends Component {
    static template = "water_service_desk.Running";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        useAutofocus({ refName: "words" });
        // what was done here since the cases were read, by case
        this.state = useState({ urged: {}, writes: false, words: "" });
    }

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    key(row) {
        return `${row.model},${row.id}`;
    }

    canUrge(row) {
        return row.can_urge && !this.state.urged[this.key(row)];
    }

    urged(row) {
        return row.urged + (this.state.urged[this.key(row)] || 0);
    }

    async urge(row) {
        if (!this.canUrge(row)) {
            return; // pressed twice
        }
        this.state.urged[this.key(row)] = 1;
        try {
            await this.orm.call(row.model, "action_urge", [[row.id]]);
        } catch (error) {
            this.state.urged[this.key(row)] = 0;
            throw error;
        }
        this.notification.add(_t("%s: those who work on it are told.", row.name), {
            type: "success",
        });
    }

    write(row) {
        Object.assign(this.state, { writes: this.key(row), words: "" });
    }

    async onWords(ev, row) {
        if (ev.key === "Escape") {
            ev.stopPropagation();
            this.state.writes = false;
        } else if (ev.key === "Enter" && this.state.words.trim()) {
            ev.stopPropagation();
            await this.orm.call(row.model, "action_add_word", [[row.id], this.state.words]);
            this.state.writes = false;
            this.notification.add(_t("%s: added.", row.name), { type: "success" });
        }
    }
}

registry.category("fields").add("water_running", {
    component: WaterRunning,
    supportedTypes: ["json"],
});
