import { AlertDialog, ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Composer } from "@mail/core/common/composer";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { registry } from "@web/core/registry";

/** Case types whose messages customers read; an addon that brings one adds it. */
const cases = registry.category("water.cases");
cases.add("water.inquiry", true).add("water.request", true);

/**
 * Before a message goes to a customer, show what to say instead of forbidden phrases.
 * The server refuses by itself what must not be sent; this is the warning in time.
 */
patch(Composer.prototype, {
    async sendMessage() {
        if (await this.waterMaySend()) {
            return super.sendMessage(...arguments);
        }
    },

    /** Whether the words are fine, or whoever wrote them sends them all the same. */
    async waterMaySend() {
        const composer = this.props.composer;
        if (this.props.type !== "message" || !cases.contains(composer.thread?.model)) {
            return true;
        }
        const { orm, dialog } = this.env.services;
        const text = composer.composerText;
        const answer = await orm.call("water.forbidden.phrase", "check_text", [text]);
        if (!answer.advice) {
            return true;
        }
        return new Promise((resolve) => {
            const body = answer.advice;
            if (answer.is_blocked) {
                dialog.add(
                    AlertDialog,
                    { title: _t("Customers are not told this"), body },
                    { onClose: () => resolve(false) }
                );
                return;
            }
            dialog.add(
                ConfirmationDialog,
                {
                    title: _t("Say it in another way?"),
                    body,
                    confirmLabel: _t("Send all the same"),
                    cancelLabel: _t("Write it again"),
                    confirm: () => resolve(true),
                    cancel: () => resolve(false),
                },
                { onClose: () => resolve(false) }
            );
        });
    },
});
