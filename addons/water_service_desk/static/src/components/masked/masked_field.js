import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { CharField } from "@web/views/fields/char/char_field";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What was revealed is covered again after this time, in milliseconds. */
export const LOOK = 60000;

/** Asks why somebody needs to see masked personal data. */
export class RevealDialog extends Component {
    static template = "water_service_desk.RevealDialog";
    static components = { Dialog };
    static props = { reasons: Array, reveal: Function, close: Function };

    setup() {
        this.state = useState({ reason: "", note: "", busy: false });
    }

    get isReady() {
        const { reason, note, busy } = this.state;
        return reason && !busy && (reason !== "other" || note.trim().length >= 4);
    }

    async reveal() {
        if (!this.isReady) {
            return;
        }
        this.state.busy = true;
        try {
            await this.props.reveal(this.state.reason, this.state.note);
            this.props.close();
        } finally {
            this.state.busy = false;
        }
    }
}

/**
 * Shows masked data for a minute, after a reason: on the screen and nowhere else.
 *
 * @param {() => {model: string, id: number, names: string[]}} target whose data it is
 */
export function useReveal(target) {
    const orm = useService("orm");
    const dialog = useService("dialog");
    const state = useState({ shown: null });
    let timer;
    const cover = () => {
        browser.clearTimeout(timer);
        state.shown = null;
    };
    const reveal = async (reason, note) => {
        const { model, id, names } = target();
        state.shown = await orm.call(model, "reveal", [[id], names, reason, note]);
        timer = browser.setTimeout(cover, LOOK);
    };
    const toggle = async () => {
        if (state.shown) {
            cover();
            return;
        }
        const { model, id } = target();
        const reasons = await orm.call(model, "reveal_reasons", [[id]]);
        dialog.add(RevealDialog, { reasons, reveal });
    };
    onWillUnmount(() => browser.clearTimeout(timer));
    return { state, cover, toggle };
}

/**
 * A masked value with an eye beside it. The eye asks for a reason and shows the value for a minute;
 * it is nowhere but on the screen, and a reload masks it again.
 */
export class MaskedField extends Component {
    static template = "water_service_desk.MaskedField";
    static components = { CharField };
    static props = {
        ...standardFieldProps,
        placeholder: { type: String, optional: true },
        reveals: { type: Array },
    };

    setup() {
        const { state, cover, toggle } = useReveal(() => ({
            model: this.props.record.resModel,
            id: this.props.record.resId,
            names: this.props.reveals,
        }));
        Object.assign(this, { state, toggle });
        useEffect(
            () => cover(),
            () => [this.props.record.resId]
        );
    }

    get charProps() {
        const props = { ...this.props };
        delete props.reveals;
        return props;
    }

    get canReveal() {
        const { record, name } = this.props;
        return Boolean(record.resId && record.data.can_reveal && record.data[name]);
    }

    get label() {
        return this.state.shown ? _t("Cover again") : _t("Show, with a reason");
    }

    /** The telephone number among what is shown, to be called by a tap. */
    get phone() {
        return this.state.shown?.phone;
    }

    get otherText() {
        const others = { ...this.state.shown };
        delete others.phone;
        return Object.values(others).filter(Boolean).join(" · ");
    }
}

export const maskedField = {
    component: MaskedField,
    displayName: _t("Masked"),
    supportedTypes: ["char"],
    fieldDependencies: [{ name: "can_reveal", type: "boolean", readonly: true }],
    extractProps: ({ options, placeholder }) => ({ placeholder, reveals: options.reveals }),
};

registry.category("fields").add("water_masked", maskedField);
