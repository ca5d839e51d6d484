import { describe, expect, test } from "@odoo/hoot";
import { registry } from "@web/core/registry";

describe.current.tags("desktop");

test("a chat is kept as an inquiry where one has chats with visitors, and nowhere else", () => {
    const command = registry.category("discuss.channel_commands").get("case");
    expect(command.channel_types).toEqual(["livechat"]);
    expect(command.methodName).toBe("execute_command_case");
    expect(Boolean(command.condition({ store: { has_access_livechat: true } }))).toBe(true);
    expect(Boolean(command.condition({ store: {} }))).toBe(false);
});
