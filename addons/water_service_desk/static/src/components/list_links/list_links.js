import { Component, onWillStart } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { parseXML } from "@web/core/utils/xml";

/** The actions that a list names in its header as buttons of the class `o_water_link`. */
const linksOf = (arch) => [...arch.querySelectorAll("header > button.o_water_link")];

/** Rarer lists open from the ⚙ menu of the list, or of the board, that they belong to. */
export class ListLinks extends Component {
    static template = "water_service_desk.ListLinks";
    static components = { DropdownItem };
    static props = {};

    setup() {
        this.action = useService("action");
        this.view = useService("view");
        onWillStart(async () => {
            this.links = linksOf(await this.listArch()).map((button) => ({
                id: Number(button.getAttribute("name")),
                name: button.getAttribute("string"),
            }));
        });
    }

    /** A board asks for the list when its menu is opened, not before. */
    async listArch() {
        const { config, searchModel } = this.env;
        if (config.viewType === "list") {
            return config.viewArch;
        }
        const { views } = await this.view.loadViews(
            { resModel: searchModel.resModel, context: {}, views: [[false, "list"]] },
            {}
        );
        return parseXML(views.list.arch);
    }
}

registry.category("cogMenu").add("water-list-links", {
    Component: ListLinks,
    groupNumber: 1,
    isDisplayed: ({ config, searchModel }) =>
        config.viewType === "list"
            ? linksOf(config.viewArch).length > 0
            : config.viewType === "kanban" && searchModel.resModel.startsWith("water."),
});
