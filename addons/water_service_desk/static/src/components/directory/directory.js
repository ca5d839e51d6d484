import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { fuzzyLookup } from "@web/core/utils/search";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** The entries below a menu: `[{ menu, group }]`, those of a heading under its name. */
function entriesOf(menuService, ids, group = "") {
    return ids.flatMap((id) => {
        const menu = menuService.getMenu(id);
        return menu.children.length
            ? entriesOf(menuService, menu.children, menu.name)
            : [{ menu, group }];
    });
}

/** A page of links to lists and settings that are too rare for the menu. */
export class WaterDirectory extends Component {
    static template = "water_service_desk.Directory";
    static props = { ...standardActionServiceProps };

    setup() {
        this.menu = useService("menu");
        this.action = useService("action");
        this.state = useState({ words: "" });
        this.noMatch = _t("Nothing has this name.");
        useAutofocus();
    }

    get entries() {
        const isMine = (menu) => menu.folded && menu.actionID === this.props.action.id;
        const pages = this.menu.getAll().filter(isMine);
        const entries = pages.flatMap((page) => entriesOf(this.menu, page.folded));
        const words = this.state.words.trim();
        return words ? fuzzyLookup(words, entries, ({ menu }) => menu.name) : entries;
    }

    /** `[[heading, [menu]]]` in the order of the menu. */
    get groups() {
        return Object.entries(Object.groupBy(this.entries, ({ group }) => group));
    }

    async open(menu) {
        await this.action.doAction(menu.actionID);
    }

    async onKeydown(ev) {
        const [first] = this.entries;
        if (ev.key === "Enter" && first) {
            await this.open(first.menu);
        }
    }
}

registry.category("actions").add("water_directory", WaterDirectory);

// Ctrl+K and "/" find them as they find menus.
registry.category("command_provider").add("water_directory", {
    namespace: "/",
    provide(env, { searchValue }) {
        const menuService = env.services.menu;
        const entries = menuService
            .getAll()
            .filter((menu) => menu.folded)
            .flatMap((page) => entriesOf(menuService, page.folded, page.name));
        const found = fuzzyLookup(searchValue || "", entries, ({ menu }) => menu.name);
        return (searchValue ? found : []).map(({ menu, group }) => ({
            action: () => menuService.selectMenu(menu),
            category: "menu_items",
            name: `${group} / ${menu.name}`,
        }));
    },
});
