import { onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { patch } from "@web/core/utils/patch";
import { View } from "@web/views/view";

/** When a board or list has been looked at for so long, its form is fetched, in milliseconds. */
export const LOOKED_AT = 2000;

const isOurs = ({ resModel, arch }) => resModel.startsWith("water.") && !arch;
const isForm = (type) => type === "form";

/**
 * Odoo asks for all views of an action at once, and the form of a case is twice as large as its
 * boards and lists together: whoever opens a board waits for a form that nobody looks at yet. So
 * boards and lists come first, by themselves, and the form while they are looked at. What has
 * come stays in the browser, as ever.
 */
patch(View.prototype, {
    setup() {
        super.setup();
        onMounted(() => {
            if (isOurs(this.props) && !isForm(this.props.type)) {
                this.formTimer = browser.setTimeout(() => this.fetchForm(), LOOKED_AT);
            }
        });
        onWillUnmount(() => browser.clearTimeout(this.formTimer));
    },

    async loadView(props) {
        const views = props.views || this.env.config.views;
        const hasForm = views?.some(([, type]) => isForm(type));
        if (!isOurs(props) || !hasForm || views.length === 1) {
            return super.loadView(props);
        }
        const part = isForm(props.type) ? this.formPart(props, views) : this.boardPart(views);
        await super.loadView({ ...props, ...part });
        const loaded = this.env.config.views;
        this.env.config.views = views.map(
            (view) => loaded.find(([, type]) => type === view[1]) || view
        );
    },

    /** What a form needs of the action's views: itself; its filters are those of the lists. */
    formPart(props, views) {
        return { views: views.filter(([, type]) => isForm(type)), loadIrFilters: false };
    },

    boardPart(views) {
        return { views: views.filter(([, type]) => !isForm(type)) };
    },

    /**
     * Asks as the form will ask when a case is opened, and keeps the answer. Nobody has asked for
     * it yet: where none comes, whoever opens a case hears why.
     */
    async fetchForm() {
        const { context, resModel, loadActionMenus } = this.props;
        const { actionId, views } = this.env.config;
        const form = (views || []).filter(([, type]) => isForm(type));
        if (form.length) {
            const options = { actionId, loadActionMenus, loadIrFilters: false };
            const asked = this.viewService.loadViews({ context, resModel, views: form }, options);
            await asked.catch(() => {});
        }
    },
});
