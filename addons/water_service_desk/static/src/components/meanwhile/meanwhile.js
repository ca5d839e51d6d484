import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { parseServerValue } from "@web/model/relational_model/utils";
import { FormController } from "@web/views/form/form_controller";

/** What two people may both have typed; rows of lists and files are added, not written over. */
const TYPES = [
    "boolean",
    "char",
    "date",
    "datetime",
    "float",
    "html",
    "integer",
    "many2one",
    "monetary",
    "selection",
    "text",
];

/** What is compared of a value: moments and links are other objects each time. */
function gist(value) {
    if (value === null || value === undefined || value === false) {
        return "";
    }
    return String(value.id ?? value.ts ?? value);
}

/**
 * Fields that have been changed in the database since the form was opened, to something else than
 * what is about to be saved.
 *
 * @param {Object} record of a form
 * @param {Object} changes that are about to be saved, by field
 * @param {Object} orm
 * @returns {Promise<{name: string, label: string, theirs: string, mine: string}[]>}
 */
export async function changedMeanwhile(record, changes, orm) {
    const { fields, resModel, resId, context } = record;
    const names = Object.keys(changes).filter(
        (name) => TYPES.includes(fields[name].type) && fields[name].store
    );
    if (!names.length) {
        return [];
    }
    const links = (name) => fields[name].type === "many2one";
    const specification = Object.fromEntries(
        names.map((name) => [name, links(name) ? { fields: { display_name: {} } } : {}])
    );
    const [row] = await orm.webRead(resModel, [resId], { context, specification });
    const found = [];
    for (const name of row ? names : []) {
        const field = fields[name];
        const theirs = parseServerValue(field, row[name]);
        const [seen, mine] = [record._values[name], record.data[name]];
        if (gist(theirs) !== gist(seen) && gist(theirs) !== gist(mine)) {
            const words = (value) => registry.category("formatters").get(field.type)(value, { field });
            found.push({ name, label: field.string, theirs: words(theirs), mine: words(mine) });
        }
    }
    return found;
}

/** Asks what is to stay of what two people have written in the same place. */
export class MeanwhileDialog extends Component {
    static template = "water_service_desk.MeanwhileDialog";
    static components = { Dialog };
    static props = { rows: Array, answer: Function, close: Function };

    setup() {
        this.title = _t("Changed Meanwhile");
    }

    answer(choice) {
        this.props.answer(choice);
        this.props.close();
    }
}

// Odoo saves over what a colleague has saved since the form was opened, and tells neither of the two.
patch(FormController.prototype, {
    async onWillSaveRecord(record, changes) {
        const isOurs = record.resModel.startsWith("water.") && record.resId && !this.env.inDialog;
        const rows = isOurs ? await changedMeanwhile(record, changes, this.orm) : [];
        if (!rows.length) {
            return super.onWillSaveRecord(...arguments);
        }
        const choice = await new Promise((resolve) => {
            // closed without an answer: nothing is saved, and nothing is lost
            const onClose = () => resolve("");
            this.dialogService.add(MeanwhileDialog, { rows, answer: resolve }, { onClose });
        });
        if (choice === "theirs") {
            record._discard(); // at once: another save may wait behind this one
            record.load(); // when this one has ended, which waits for us
        }
        return choice === "mine" && super.onWillSaveRecord(...arguments);
    },
});
