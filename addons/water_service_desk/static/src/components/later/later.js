import { Component, onMounted, onWillUnmount, useRef, useState, xml } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { append, createElement } from "@web/core/utils/xml";
import { toStringExpression } from "@web/views/utils";
import { FormCompiler } from "@web/views/form/form_compiler";
import { FormRenderer } from "@web/views/form/form_renderer";

/** What nobody has come to is drawn when the page has been looked at for so long, in ms. */
export const LOOKED_AT = 1000;

/**
 * A part of a form that stands below the screen when it is opened: drawn when it comes into
 * sight, and without that once the page has been looked at for a while, so that whoever searches
 * it, prints it or has it read aloud finds it.
 */
export class WaterLater extends Component {
    static template = xml`
        <t t-if="state.isDrawn" t-slot="default"/>
        <div t-else="" t-ref="place" class="o_water_place"/>`;
    static props = { now: Boolean, slots: Object };

    setup() {
        this.state = useState({ isDrawn: this.props.now });
        this.place = useRef("place");
        this.observer = new IntersectionObserver((seen) => {
            if (seen.some((entry) => entry.isIntersecting)) {
                this.draw();
            }
        });
        onMounted(() => {
            if (!this.state.isDrawn) {
                this.observer.observe(this.place.el);
                this.timer = browser.setTimeout(() => this.draw(), LOOKED_AT);
            }
        });
        onWillUnmount(() => this.stop());
    }

    stop() {
        this.observer.disconnect();
        browser.clearTimeout(this.timer);
    }

    draw() {
        this.stop();
        this.state.isDrawn = true;
    }
}

/** Rare fields under a word of their own: drawn when somebody unfolds them. */
export class WaterFold extends Component {
    static template = xml`
        <details t-attf-class="{{ props.className }} {{ props.class }}" t-on-toggle="() => this.state.isDrawn = true">
            <t t-slot="summary"/>
            <t t-if="state.isDrawn" t-slot="default"/>
        </details>`;
    /** ``class`` comes from the group in which it stands */
    static props = { className: String, class: { type: String, optional: true }, slots: Object };
    static defaultProps = { class: "" };

    setup() {
        this.state = useState({ isDrawn: false });
    }
}

Object.assign(FormRenderer.components, { WaterFold, WaterLater });

/** What is typed into a new record is needed at once, and a message that a link leads to. */
const NOW = "__comp__.props.record.isNew or !!__comp__.highlightMessageId";

const slot = (name, children) => createElement("t", children, { "t-set-slot": name });

const later = (compiled) =>
    createElement("WaterLater", { now: NOW }, [slot("default", [compiled])]);

/** ``<notebook class="o_water_later">`` */
function compileLater(el, params) {
    return later(this.compileNotebook(el, params));
}

/** ``<details class="o_water_fold"><summary>…</summary>…</details>`` */
function compileFold(el, params) {
    const slots = { summary: [], default: [] };
    for (const child of el.childNodes) {
        const part = child.nodeName.toLowerCase() === "summary" ? "summary" : "default";
        const compiled = this.compileNode(child, params);
        if (compiled) {
            slots[part].push(compiled);
        }
    }
    const fold = createElement("WaterFold", { className: toStringExpression(el.className) });
    append(fold, slot("summary", slots.summary));
    append(fold, slot("default", slots.default));
    return fold;
}

registry
    .category("form_compilers")
    .add("water_later", {
        selector: "notebook.o_water_later",
        fn: compileLater,
        doNotCopyAttributes: true,
    })
    .add("water_fold", {
        selector: "details.o_water_fold",
        fn: compileFold,
        doNotCopyAttributes: true,
    });

/** The messages of a case, with two requests of their own, wherever its form has them. */
patch(FormCompiler.prototype, {
    compile(key, params) {
        const compiled = super.compile(key, params);
        const chatter = compiled.querySelector("t[t-component='__comp__.mailComponents.Chatter']");
        if (chatter && this.templates.FormRenderer.classList.contains("o_water_form")) {
            const place = createElement("t");
            chatter.replaceWith(place);
            place.replaceWith(later(chatter));
        }
        return compiled;
    },
});
