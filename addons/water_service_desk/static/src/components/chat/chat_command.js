import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

// of Odoo's Live Chat, where it is installed: without it nobody has chats with visitors
registry.category("discuss.channel_commands").add("case", {
    channel_types: ["livechat"],
    condition: ({ store }) => store.has_access_livechat,
    help: _t("Keep this chat as an inquiry (/case what it is about)"),
    methodName: "execute_command_case",
});
