import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";

/**
 * Odoo's own pad. Its dialog asks the server for fonts each time it opens, which there may be none
 * at a customer's door; the pad is loaded with the day.
 */
export const SIGNATURE_PAD = "/web/static/lib/signature_pad/signature_pad.umd.js";

/** The customer writes his name and signs with the finger. */
export class SignDialog extends Component {
    static template = "water_service_desk.SignDialog";
    static components = { Dialog };
    static props = { keep: Function, close: Function };

    setup() {
        this.canvas = useRef("canvas");
        this.state = useState({ name: "", drawn: false });
        onMounted(() => {
            const { el } = this.canvas;
            Object.assign(el, { width: el.clientWidth, height: el.clientHeight });
            this.pad = new window.SignaturePad(el, {
                penColor: "DarkBlue",
                minWidth: 1.5,
                maxWidth: 2.5,
            });
            this.pad.addEventListener("endStroke", () => {
                this.state.drawn = !this.pad.isEmpty();
            });
        });
    }

    get isReady() {
        return Boolean(this.state.drawn && this.state.name.trim());
    }

    clear() {
        this.pad.clear();
        this.state.drawn = false;
    }

    async keep() {
        const blob = await new Promise((done) => this.canvas.el.toBlob(done, "image/png"));
        await this.props.keep(this.state.name.trim(), blob);
        this.props.close();
    }
}
