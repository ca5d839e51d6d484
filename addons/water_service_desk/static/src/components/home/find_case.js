import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** How numbers of cases look: letters, the day or the month, the count. */
const NUMBER = /^\p{L}{1,5}\d{4,}-?\d+$/u;
/** Fewer letters or digits than these say nothing of who calls. */
const LEAST = 2;

async function openCase(env, number) {
    const found = await env.services.orm.call("water.home.item", "find_case", [number]);
    if (found) {
        await env.services.action.doAction(found);
    } else {
        const none = _t("There is no case %s, or it is none of yours.", number);
        env.services.notification.add(none, { type: "warning" });
    }
}

// Ctrl+K takes what the box of the first page takes, wherever one is; the rights of the menus tell
// who looks up cases, and who picks up calls.
registry.category("command_provider").add("water_find_case", {
    provide(env, { searchValue }) {
        const words = (searchValue || "").trim();
        const menus = new Set(env.services.menu.getAll().map((menu) => menu.xmlid));
        const commands = [];
        if (menus.has("water_service_desk.menu_home") && NUMBER.test(words)) {
            commands.push({
                action: () => openCase(env, words),
                name: _t("Open case %s", words),
            });
        }
        if (menus.has("water_service_desk.menu_call") && words.length >= LEAST) {
            commands.push({
                action: () =>
                    env.services.action.doAction("water_service_desk.action_call", {
                        additionalContext: { default_query: words },
                    }),
                name: _t("Look up who calls: %s", words),
            });
        }
        return commands;
    },
});
