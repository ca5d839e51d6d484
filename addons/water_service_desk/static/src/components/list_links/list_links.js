import { Component } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** The actions that a list names in its header as buttons of the class `o_water_link`. */
const linksOf = (arch) => [...arch.querySelectorAll("header > button.o_water_link")];

/** Rarer lists open from the ⚙ menu of the list they belong to. */
export class ListLinks extends Component {
    static template = "water_service_desk.ListLinks";
    static components = { DropdownItem };
    static props = {};

    setup() {
        this.action = useService("action");
        this.links = linksOf(this.env.config.viewArch).map((button) => ({
            id: Number(button.getAttribute("name")),
            name: button.getAttribute("string"),
        }));
    }
}

registry.category("cogMenu").add("water-list-links", {
    Component: ListLinks,
    groupNumber: 1,
    isDisplayed: ({ config }) =>
        config.viewType === "list" && linksOf(config.viewArch).length > 0,
});
