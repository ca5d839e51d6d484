import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const NAME = "archive_checklist";

const LOOKS = {
    done: { icon: "fa-check-circle text-success", label: _t("complete") },
    absent: { icon: "fa-minus-circle text-muted", label: _t("does not apply") },
    missing: { icon: "fa-exclamation-circle text-danger", label: _t("missing") },
};

/**
 * The checklist of the archive: each item complete, not applying for a reason, or missing.
 *
 * It verifies the whole chain of events, so it is asked for when its page is looked at, not
 * whenever a case is opened.
 */
export class Checklist extends Component {
    static template = "water_complaints.Checklist";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ items: [] });
        this.keepLast = new KeepLast();
        useRecordObserver((record) => {
            // read, so that it is asked again when the record was saved or reloaded
            void Object.keys(record.data).map((name) => record.data[name]);
            return this.load(record);
        });
    }

    async load({ resModel, resId }) {
        const reading = resId ? this.orm.read(resModel, [resId], [NAME]) : Promise.resolve([]);
        const [found] = await this.keepLast.add(reading);
        this.state.items = found?.[NAME] || [];
    }

    get items() {
        const { items } = this.state;
        return items.map((item) => ({ ...item, look: LOOKS[item.state] }));
    }

    get missing() {
        return this.items.filter((item) => item.state === "missing").length;
    }

    async open(item) {
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(resModel, "action_open_checklist", [[resId], item.key]);
        await this.action.doAction(action);
    }
}

registry.category("view_widgets").add(NAME, { component: Checklist });
