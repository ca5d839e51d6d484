import { Component } from "@odoo/owl";
import { isMacOS } from "@web/core/browser/feature_detection";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { isVisible } from "@web/core/utils/ui";

/** What is held down with a key, as Odoo's hotkeys have it. */
const held = () => (isMacOS() ? "Control" : "Alt");
/** In a row of a list or a field, "?" is a letter like others. */
const TYPED_INTO = "input, textarea, select, [contenteditable]:not([contenteditable=false])";

/** ``shift+u`` as it is printed on the keys: "Shift + U". */
const printed = (key) =>
    key
        .split("+")
        .map((part) => part[0].toUpperCase() + part.slice(1))
        .join(" + ");

/**
 * The keys of the page, as its buttons carry them: what is not to be seen has none.
 *
 * @param {ParentNode} root
 * @returns {{key: string, label: string}[]} in the order of the page, its menus last; each key once
 */
export function keysOf(root) {
    const found = new Map();
    const nodes = [...root.querySelectorAll("[data-hotkey]")];
    const [menus, buttons] = [true, false].map((isMenu) =>
        nodes.filter((node) => Boolean(node.closest(".o_main_navbar")) === isMenu)
    );
    for (const node of [...buttons, ...menus]) {
        const key = node.dataset.hotkey;
        const label =
            node.getAttribute("aria-label") ||
            node.textContent.replace(/\s+/g, " ").trim() ||
            node.title ||
            node.dataset.tooltip ||
            node.placeholder;
        if (label && !found.has(key) && isVisible(node)) {
            found.set(key, label);
        }
    }
    return [...found].map(([key, label]) => ({ key: `${held()} + ${printed(key)}`, label }));
}

/** A small sheet of the keys. */
export class KeyboardHelp extends Component {
    static template = "water_service_desk.KeyboardHelp";
    static components = { Dialog };
    static props = { keys: Array, close: Function };

    get always() {
        const control = isMacOS() ? "Command" : "Ctrl";
        return [
            { key: `${control} + K`, label: _t("Search menus, pages and people") },
            { key: held(), label: _t("Held down: the keys beside the buttons") },
            { key: "Esc", label: _t("Close a window, leave a field") },
            { key: "?", label: _t("This sheet") },
        ];
    }
}

export const keyboardHelpService = {
    dependencies: ["dialog", "ui"],
    start(env, { dialog, ui }) {
        let isOpen = false;
        const open = () => {
            if (isOpen) {
                return;
            }
            isOpen = true;
            const props = { keys: keysOf(ui.activeElement) };
            dialog.add(KeyboardHelp, props, {
                onClose: () => {
                    isOpen = false;
                },
            });
        };
        window.addEventListener("keydown", (ev) => {
            const isHelp = (ev.key === "?" || ev.key === "？") && !ev.ctrlKey && !ev.metaKey;
            if (isHelp && !ev.isComposing && !ev.target.closest?.(TYPED_INTO) && !ui.isBlocked) {
                ev.preventDefault();
                open();
            }
        });
        return { open };
    },
};

registry.category("services").add("water_keyboard_help", keyboardHelpService);
registry.category("user_menuitems").add("water_keys", (env) => ({
    type: "item",
    id: "water_keys",
    hide: env.isSmall,
    description: _t("Keys of This Page (?)"),
    callback: () => env.services.water_keyboard_help.open(),
    sequence: 31,
}));
