// Without a network the public pages say so, with the hotline; nothing else is kept or looked at.
const KEPT = "water-offline-1";
const PAGE = "/water/offline";
// pages of strangers and customers, in any language; those of staff are none of its business
const OURS = /^(\/[a-z]{2}(_[A-Z]{2})?)?\/((water|my)(\/.*)?)?$/;

globalThis.addEventListener("install", (event) => {
    event.waitUntil(
        caches.open(KEPT).then((cache) => cache.add(new Request(PAGE, { cache: "reload" })))
    );
});

globalThis.addEventListener("activate", (event) => {
    event.waitUntil(
        caches
            .keys()
            .then((names) => names.filter((name) => name.startsWith("water-offline-")))
            .then((names) => names.filter((name) => name !== KEPT))
            .then((names) => Promise.all(names.map((name) => caches.delete(name))))
    );
});

globalThis.addEventListener("fetch", (event) => {
    const { mode, method, url } = event.request;
    if (mode === "navigate" && method === "GET" && OURS.test(new URL(url).pathname)) {
        event.respondWith(fetch(event.request).catch(() => caches.match(PAGE)));
    }
});
