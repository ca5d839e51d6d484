import { Component, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { standardViewProps } from "@web/views/standard_view_props";
import { WaterCountdown, useNow } from "@water_service_desk/components/countdown/countdown";
import { COLUMNS, arrange } from "@water_service_desk/components/duty_board/duty_columns";

const { DateTime } = luxon;
const STORAGE_KEY = "water_duty_board";
const CHOICES = ["department_id", "kind", "zone_id"];
/** Milliseconds after which the board asks the server again. */
const REFRESH = 60 * 1000;

/** What this browser last narrowed the board down to; a wall display shows the same. */
function storedChoice() {
    try {
        return JSON.parse(browser.localStorage.getItem(STORAGE_KEY)) || {};
    } catch {
        return {};
    }
}

/**
 * The duty board (督办): everything due, in four columns that move on with the clock.
 *
 * With ``water_wall`` in its context it is the wall display: no links, no customers' words,
 * no control panel.
 */
export class DutyBoardController extends Component {
    static template = "water_service_desk.DutyBoard";
    static components = { Layout, SearchBar, WaterCountdown };
    static props = { ...standardViewProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.keepLast = new KeepLast();
        this.columnInfo = COLUMNS;
        this.toLocaleDateTimeString = toLocaleDateTimeString;
        this.wall = Boolean(this.props.context.water_wall);
        this.display = this.wall ? { controlPanel: false } : { ...this.props.display };
        this.searchBarToggler = useSearchBarToggler();
        this.state = useState({ board: null, choice: storedChoice(), isStale: false });
        this.clock = useNow(() => this.onTick());
        this.focusedId = this.props.state?.focusedId;
        useSetupAction({
            rootRef: this.root,
            getLocalState: () => ({ focusedId: this.focusedId }),
        });
        useHotkey("j", () => this.step(1), { allowRepeat: true });
        useHotkey("k", () => this.step(-1), { allowRepeat: true });
        onWillStart(() => this.load());
        onWillUpdateProps((props) => this.load(props.domain));
    }

    // -- data -----------------------------------------------------------------------------

    async load(domain = this.props.domain) {
        const told = await this.keepLast.add(
            this.orm.silent.call("water.deadline", "duty_board", [], {
                domain,
                choice: this.state.choice,
                wall: this.wall,
                context: this.props.context,
            })
        );
        this.state.board = this.read(told);
        this.state.isStale = false;
        if (this.dropUnknownChoices()) {
            await this.load(domain);
        }
    }

    read(told) {
        const now = deserializeDateTime(told.now);
        for (const column of told.columns) {
            for (const card of column.cards) {
                card.due = deserializeDateTime(card.due_at);
            }
        }
        return {
            ...told,
            now,
            ends: { day: deserializeDateTime(told.day), week: deserializeDateTime(told.week) },
            skew: now.diff(DateTime.now()).milliseconds,
        };
    }

    /** Forget a department or zone that is gone or belongs to another company. */
    dropUnknownChoices() {
        const { departments, zones, kinds } = this.state.board;
        const known = {
            department_id: departments.map((row) => row.id),
            zone_id: zones.map(([id]) => id),
            kind: kinds.map(([value]) => value),
        };
        const gone = CHOICES.filter((name) => {
            const value = this.state.choice[name] ?? null;
            return value !== null && value !== 0 && !known[name].includes(value);
        });
        for (const name of gone) {
            delete this.state.choice[name];
        }
        return gone.length > 0;
    }

    get now() {
        return this.clock.now.plus(this.state.board.skew);
    }

    async onTick() {
        if (!this.state.board || document.hidden) {
            return;
        }
        if (this.now.diff(this.state.board.now).milliseconds >= REFRESH || this.hasCrossed) {
            try {
                await this.load();
            } catch {
                // The cards still move by the clock, and the head says since when it is alone.
                this.state.isStale = true;
            }
        }
    }

    get hasCrossed() {
        const counts = (columns) => columns.map((column) => column.cards.length).join();
        return counts(this.columns) !== counts(this.state.board.columns);
    }

    get columns() {
        return arrange(this.state.board, this.now);
    }

    get isEmpty() {
        return this.state.board.columns.every((column) => !column.count);
    }

    get isNarrowed() {
        return CHOICES.some((name) => (this.state.choice[name] ?? null) !== null);
    }

    /** Departments that have something due, or the chosen one. */
    get departments() {
        return this.state.board.departments.filter(
            (row) =>
                row.id === this.state.choice.department_id ||
                Object.values(row.counts).some((count) => count)
        );
    }

    countText({ count, more }) {
        return more ? `${count}+` : `${count}`;
    }

    restText(column) {
        return _t("The first %(shown)s of %(count)s are shown.", {
            shown: column.cards.length,
            count: this.countText(column),
        });
    }

    get staleText() {
        return _t("Not refreshed since %s", toLocaleDateTimeString(this.state.board.now));
    }

    // -- narrowing ------------------------------------------------------------------------

    choose(name, value) {
        this.state.choice = { ...this.state.choice, [name]: value };
        browser.localStorage.setItem(STORAGE_KEY, JSON.stringify(this.state.choice));
        return this.load();
    }

    onSelect(name, ev) {
        const text = ev.target.value;
        const value = name === "kind" ? text : Number(text);
        return this.choose(name, text === "" ? null : value);
    }

    toggleDepartment(id) {
        return this.choose("department_id", this.state.choice.department_id === id ? null : id);
    }

    showAll() {
        this.state.choice = {};
        browser.localStorage.removeItem(STORAGE_KEY);
        return this.load();
    }

    // -- moving and opening ---------------------------------------------------------------

    get cardElements() {
        return [...this.root.el.querySelectorAll(".o_water_duty_card")];
    }

    step(by) {
        const cards = this.cardElements;
        let index = cards.indexOf(document.activeElement);
        if (index < 0) {
            index = cards.findIndex((card) => Number(card.dataset.id) === this.focusedId);
            index = index < 0 ? (by > 0 ? -1 : cards.length) : index - (by > 0 ? by : 0);
        }
        const card = cards[Math.min(Math.max(index + by, 0), cards.length - 1)];
        card?.focus();
        card?.scrollIntoView({ block: "nearest" });
    }

    onFocus(card) {
        this.focusedId = card.id;
    }

    caseUrl(card) {
        return `/odoo/${card.model}/${card.case_id}`;
    }

    openCase(card, ev) {
        if (this.wall || ev.ctrlKey || ev.metaKey) {
            return; // the browser opens the link in a tab of its own
        }
        ev.preventDefault();
        this.focusedId = card.id;
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: card.model,
            res_id: card.case_id,
            views: [[false, "form"]],
        });
    }

    // -- the wall -------------------------------------------------------------------------

    async enterWall() {
        // Refused where the browser or its owner does not allow it: then press F11.
        document.documentElement.requestFullscreen?.().catch(() => {});
        await this.action.doAction("water_service_desk.action_duty_wall", {
            clearBreadcrumbs: true,
        });
    }

    async leaveWall() {
        if (document.fullscreenElement) {
            await document.exitFullscreen();
        }
        await this.action.doAction("water_service_desk.action_deadline", {
            clearBreadcrumbs: true,
        });
    }
}

export const dutyBoardView = {
    ...kanbanView,
    Controller: DutyBoardController,
    searchMenuTypes: ["filter", "favorite"],
    props: (genericProps) => genericProps,
};

registry.category("views").add("water_duty_board", dutyBoardView);
