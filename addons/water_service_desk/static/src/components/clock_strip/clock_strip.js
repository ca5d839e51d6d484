import { Component } from "@odoo/owl";
import { toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { formatSelection } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { WaterCountdown } from "@water_service_desk/components/countdown/countdown";

/** How a limit came about, in a bubble that a finger or the keyboard opens. */
export class ClockExplanation extends Component {
    static template = "water_service_desk.ClockExplanation";
    static props = {
        title: String,
        label: { type: String, optional: true },
        text: String,
        close: { type: Function, optional: true },
    };
}

/** The clocks of a case side by side: running ones first, each with its explanation. */
export class ClockStripField extends Component {
    static template = "water_service_desk.ClockStrip";
    static components = { WaterCountdown };
    static props = { ...standardFieldProps };

    setup() {
        this.popover = usePopover(ClockExplanation, { position: "bottom-start" });
    }

    get clocks() {
        const rank = (clock) => (clock.isOpen ? 0 : 1);
        return this.props.record.data[this.props.name].records
            .filter((record) => record.data.state !== "void")
            .map((record) => this.read(record))
            .sort((one, other) => rank(one) - rank(other) || one.due - other.due);
    }

    read({ id, data, fields }) {
        // a limit that was missed counts on only while there is still something to be done
        const isOver = data.state === "breached" && !data.is_pending;
        const isOpen =
            !data.met_at && !isOver && ["running", "paused", "breached"].includes(data.state);
        const isSoon = data.state === "running" && data.warned_at;
        return {
            id,
            isOpen,
            due: data.due_at,
            dueText: toLocaleDateTimeString(data.due_at),
            told: isSoon ? "soon" : data.state,
            isLate: data.state === "breached",
            isMet: Boolean(data.met_at) || data.state === "met",
            metText: toLocaleDateTimeString(data.met_at || data.due_at),
            kind: formatSelection(data.kind, { selection: fields.kind.selection }),
            label: data.label || "",
            text: data.explanation || "",
            isProvisional: data.provisional,
        };
    }

    explain(clock, ev) {
        if (this.popover.isOpen) {
            this.popover.close();
            return;
        }
        this.popover.open(ev.currentTarget, {
            title: clock.kind,
            label: clock.label,
            text: clock.text,
        });
    }
}

registry.category("fields").add("water_clock_strip", {
    component: ClockStripField,
    displayName: _t("Strip of clocks"),
    supportedTypes: ["one2many"],
    useSubView: true,
});
