import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { parseXML } from "@web/core/utils/xml";
import { registry } from "@web/core/registry";
import { standardErrorDialogProps } from "@web/core/errors/error_dialogs";

/** How long a page of a form may take to appear, in milliseconds. */
const PATIENCE = 3000;

/** Wait until `find` finds something on the page; nothing after a while. */
async function appear(find) {
    for (const end = Date.now() + PATIENCE; Date.now() < end; ) {
        const found = find();
        if (found) {
            return found;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return null;
}

/** The page of a form on which a field or widget stands; nothing for one above the pages. */
export function pageOf(arch, field) {
    const nodes = parseXML(arch).querySelectorAll(
        `field[name="${field}"], widget[name="${field}"]`
    );
    const node = [...nodes].find((found) => !found.parentElement.closest("field"));
    return node?.closest("page")?.getAttribute("name");
}

/**
 * Says what a refused step lacks, line by line; each line leads to where it is put right:
 * to the field on the form, or to the dialog or list that an action of the record opens.
 */
export class RefusalDialog extends Component {
    static template = "water_service_desk.RefusalDialog";
    static components = { Dialog };
    static props = { ...standardErrorDialogProps };

    setup() {
        // the services themselves: calls go on when this dialog is closed and gone
        const { action, orm, view } = this.env.services;
        Object.assign(this, { action, orm, view });
        this.facts = this.props.data.context;
        this.title = _t("Something is still missing");
    }

    leads(line) {
        return Boolean(line.place && this.facts.id);
    }

    async go(line) {
        this.props.close();
        if (line.place.startsWith("action_")) {
            await this.run(line);
        } else {
            await this.show(line.place);
        }
    }

    async run({ place, args }) {
        const { model, id } = this.facts;
        const action = await this.orm.call(model, place, [[id], ...args]);
        if (action) {
            const onClose = () => this.action.doAction("soft_reload");
            await this.action.doAction(action, action.target === "new" ? { onClose } : {});
        }
    }

    async show(field) {
        await this.action.doAction({ type: "ir.actions.act_window_close" });
        await this.openForm();
        const { model: resModel } = this.facts;
        const views = await this.view.loadViews({
            resModel,
            views: [[false, "form"]],
            context: {},
        });
        const page = pageOf(views.views.form.arch, field);
        if (page) {
            const tab = `.o_form_view .o_notebook_headers .nav-link[name="${page}"]`;
            (await appear(() => document.querySelector(tab)))?.click();
        }
        const target = `.o_form_view :is(.o_field_widget[name="${field}"], .o_widget_${field})`;
        this.point(await appear(() => document.querySelector(target)));
    }

    /** Stay on the form of the record, or go to it. */
    async openForm() {
        const { model, id } = this.facts;
        const { currentController: now } = this.action;
        const isOpen = now?.view?.type === "form" && now.props.resModel === model;
        if (!isOpen || (now.currentState?.resId ?? now.props.resId) !== id) {
            await this.action.doAction({
                type: "ir.actions.act_window",
                res_model: model,
                res_id: id,
                views: [[false, "form"]],
            });
        }
    }

    point(target) {
        if (target) {
            target.scrollIntoView({ block: "center" });
            target.classList.add("o_water_pointed");
            target.querySelector("input, textarea, select, button, [tabindex]")?.focus();
        }
    }
}

registry
    .category("error_dialogs")
    .add("odoo.addons.water_service_desk.case.transitions.Refusal", RefusalDialog);
