import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useVisible } from "@mail/utils/common/hooks";
import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** How long the fingers must rest before the server is asked, in milliseconds. */
export const PAUSE = 350;
/** Alt and one of these takes an article; digits belong to Odoo's menus. */
const KEYS = ["y", "z", "v"];
/** What the matter is told in, the newest words last. */
const TEXTS = ["subject", "description", "verbatim"];
const NOTHING = { articles: [], blocks: [], asked: false };

/** The name of the field in which something happened. */
const fieldOf = (ev) => ev.target.closest(".o_field_widget")?.getAttribute("name");

/**
 * Offers articles and canned answers beside a case while it is being written down, and puts the
 * chosen one into the answer. Alt+Y, Alt+Z and Alt+V take one of the first three.
 */
export class WaterArticles extends Component {
    static template = "water_service_desk.Articles";
    static props = {
        ...standardWidgetProps,
        /** the field that the chosen text is put into; without it, articles are cited only */
        answer: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.state = useState({ ...NOTHING });
        this.typed = {};
        this.last = "";
        this.keepLast = new KeepLast();
        this.look = useDebounced(() => this.load(), PAUSE);
        this.sight = useVisible("root", (isVisible) => isVisible && this.load());
        useRecordObserver((record) => {
            // read, so that a change of any of them is observed
            void [...TEXTS, "category_id", "partner_id"].map((name) => record.data[name]);
            this.look();
        });
        const onInput = (ev) => this.onInput(ev);
        const onLeft = (ev) => delete this.typed[fieldOf(ev)];
        onMounted(() => {
            this.form = this.root.el.closest(".o_form_renderer");
            this.form?.addEventListener("input", onInput, true);
            this.form?.addEventListener("focusout", onLeft, true);
        });
        onWillUnmount(() => {
            this.form?.removeEventListener("input", onInput, true);
            this.form?.removeEventListener("focusout", onLeft, true);
        });
    }

    get record() {
        return this.props.record;
    }

    /** Odoo's fields tell the record when they are left; we look while they are written. */
    onInput(ev) {
        const name = fieldOf(ev);
        if (TEXTS.includes(name)) {
            this.typed[name] = ev.target.value;
            this.look();
        }
    }

    get text() {
        const texts = TEXTS.map((name) => this.typed[name] ?? this.record.data[name]);
        return texts.filter(Boolean).join("\n");
    }

    get isOpen() {
        return !this.props.readonly && !this.record.data.is_final && !this.record.data.case_id;
    }

    get savedCase() {
        const { resModel, resId } = this.record;
        return resId && resModel !== "water.call" ? [resModel, resId] : false;
    }

    /** Whether the articles of a saved case stand further down, where nobody sees them. */
    get isUnseen() {
        return this.savedCase && !this.sight.isVisible;
    }

    async load() {
        if (!this.isOpen) {
            return;
        }
        if (this.isUnseen) {
            this.last = "";
            Object.assign(this.state, NOTHING);
            return;
        }
        const question = {
            text: this.text,
            category_id: this.record.data.category_id?.id || false,
            partner_id: this.record.data.partner_id?.id || false,
            case: this.savedCase,
        };
        const asked = JSON.stringify(question);
        if (asked === this.last || !(question.text || question.category_id)) {
            return;
        }
        this.last = asked;
        const found = await this.keepLast.add(
            this.orm.silent.call("water.article", "suggest", [], question)
        );
        Object.assign(this.state, found, { asked: true });
    }

    hotkey(index) {
        return KEYS[index];
    }

    isCited(article) {
        return this.record.data.article_id?.id === article.id;
    }

    /** Ids that this screen has opened or offered, for the save that will keep them. */
    traced(name, id) {
        const trace = this.record.data.article_trace || {};
        return { ...trace, [name]: [...new Set([...(trace[name] || []), id])] };
    }

    /** What the answer says with ``text`` added below what is written there already. */
    withText(text) {
        const written = (this.record.data[this.props.answer] || "").trim();
        return !written || written.includes(text) ? written || text : `${written}\n${text}`;
    }

    async use(article) {
        const changes = {
            article_id: { id: article.id, display_name: `${article.code} ${article.title}` },
            article_trace: this.traced("suggested", article.id),
        };
        if (this.props.answer && article.answer) {
            changes[this.props.answer] = this.withText(article.answer);
        }
        await this.record.update(changes);
        this.focusAnswer();
    }

    async insert(block) {
        await this.record.update({ [this.props.answer]: this.withText(block.text) });
        this.focusAnswer();
    }

    focusAnswer() {
        this.form?.querySelector(`.o_field_widget[name="${this.props.answer}"] textarea`)?.focus();
    }

    async open(article) {
        const kept = this.savedCase;
        if (!kept) {
            await this.record.update({ article_trace: this.traced("opened", article.id) });
        }
        const action = await this.orm.call("water.article", "action_read", [[article.id], kept]);
        await this.action.doAction(action);
    }

    get useTitle() {
        return this.props.answer ? _t("Use as Answer") : _t("Cite");
    }
}

export const waterArticles = {
    component: WaterArticles,
    extractProps: ({ attrs }) => ({ answer: attrs.answer }),
};

registry.category("view_widgets").add("water_articles", waterArticles);
