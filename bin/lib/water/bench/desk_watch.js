// Tells when a page has come to rest after a click: no call under way, nothing changed any more.
(() => {
    const watch = {busy: 0, last: 0, clicked: 0};
    const touch = () => (watch.last = performance.now());
    const {send} = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.send = function (...given) {
        watch.busy++;
        touch();
        this.addEventListener("loadend", () => {
            watch.busy--;
            touch();
        });
        return send.apply(this, given);
    };
    const begin = () => (watch.clicked = watch.last = performance.now());
    addEventListener("click", begin, {capture: true});
    addEventListener("keydown", (event) => event.key === "Enter" && begin(), {capture: true});
    const loaded = (list) =>
        list.getEntries().forEach((entry) => (watch.last = Math.max(watch.last, entry.responseEnd)));
    new PerformanceObserver(loaded).observe({type: "resource"});
    const kinds = {subtree: true, childList: true, attributes: true, characterData: true};
    new MutationObserver(touch).observe(document, kinds);
    window.benchWatch = watch;
})();
