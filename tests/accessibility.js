// What the browser tells of a page, for test_accessibility.py.

window.water = {};

/** What axe-core finds grave, as texts. Rules that find nothing grave are not asked. */
water.grave = async () => {
    const slight = axe._audit.rules.filter((rule) => ["minor", "moderate"].includes(rule.impact));
    const rules = Object.fromEntries(slight.map((rule) => [rule.id, { enabled: false }]));
    const found = await axe.run(document, { resultTypes: ["violations"], rules });
    return found.violations
        .filter((rule) => ["serious", "critical"].includes(rule.impact))
        .flatMap((rule) =>
            rule.nodes.map(
                (node) => `${rule.id} (${rule.impact}): ${node.target.flat().join(" ")}\n        ${node.html}`
            )
        );
};

/** The marks and buttons that jut out of the box that holds them. */
const jutting = () =>
    [...document.querySelectorAll("main :is(.badge, .btn):not(.position-absolute)")]
        .filter((node) => node.checkVisibility())
        .filter((node) => {
            const box = node.closest(".card, li, td, form, main").getBoundingClientRect();
            return node.getBoundingClientRect().right > box.right + 1;
        })
        .map((node) => `juts out: ${node.innerText.slice(0, 40)}`);

/** What is too wide, and what is called the same. */
water.layout = () => {
    const ids = [...document.querySelectorAll("main [id]")].map((node) => node.id);
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
    const wide = document.documentElement.scrollWidth;
    const faults = wide > innerWidth ? [`scrolls sideways: ${wide} px`] : [];
    return faults.concat(jutting(), twice.map((id) => `id twice: ${id}`));
};

const LOOKS = [
    "outlineStyle",
    "outlineWidth",
    "boxShadow",
    "borderColor",
    "backgroundColor",
    "textDecorationLine",
    "color",
];
const CONTROLS = "a[href], button, input, select, textarea, summary, iframe, [tabindex='0']";

/** How a control looks, with what is around it: a label shows the focus of its hidden button. */
const look = (control) =>
    [control, control.closest("label"), control.parentElement]
        .filter(Boolean)
        .map((node) => LOOKS.map((name) => getComputedStyle(node)[name]).join("|"))
        .join("#");

/** Radio buttons of a name are one stop of the Tab key. */
const isSameStop = (one, two) =>
    one === two || (one.type === "radio" && one.name === two.name && one.form === two.form);

/** Remember which controls get the focus and whether it is seen; how often to press Tab. */
water.watch = () => {
    const controls = [...document.querySelectorAll(CONTROLS)].filter(
        (node) =>
            node.tabIndex >= 0 &&
            !node.disabled &&
            node.type !== "hidden" &&
            node.checkVisibility({ visibilityProperty: true })
    );
    const before = new Map(controls.map((node) => [node, look(node)]));
    const reached = new Set();
    const unseen = new Set();
    document.addEventListener("focusin", ({ target }) => {
        reached.add(target);
        if (before.has(target) && before.get(target) === look(target)) {
            unseen.add(target);
        }
    });
    const tell = (fault, nodes) => nodes.map((node) => `${fault}: ${node.outerHTML.slice(0, 160)}`);
    water.focusFaults = () => [
        ...tell(
            "not reached by Tab",
            controls.filter((node) => ![...reached].some((other) => isSameStop(node, other)))
        ),
        ...tell("focus cannot be seen", [...unseen]),
    ];
    document.activeElement?.blur();
    const parts = document.querySelectorAll("input[type='datetime-local']").length;
    return controls.length + 7 * parts + 2;
};

/** Whether a refused form leads to what was wrong. */
water.errors = () => {
    const summary = document.getElementById("water_errors");
    if (!summary) {
        return ["no summary of what is wrong"];
    }
    const faults = document.activeElement === summary ? [] : ["the focus is not on the summary"];
    const words = (node) => (node.getAttribute("aria-describedby") || "").split(/\s+/);
    const named = new Set([...document.querySelectorAll("[aria-describedby]")].flatMap(words));
    for (const message of document.querySelectorAll(".o_water_error")) {
        if (!named.has(message.id)) {
            faults.push(`belongs to no field: ${message.id}`);
        }
    }
    for (const field of document.querySelectorAll("[aria-invalid='true']")) {
        if (!words(field).some((id) => document.getElementById(id)?.textContent.trim())) {
            faults.push(`says nothing of what is wrong: ${field.id}`);
        }
    }
    for (const link of summary.querySelectorAll("a")) {
        if (!document.getElementById(link.hash.slice(1))) {
            faults.push(`leads nowhere: ${link.hash}`);
        }
    }
    return faults;
};
