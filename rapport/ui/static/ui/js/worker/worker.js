// The service worker keeps KEPT, our own files for the page without a connection, and nothing else: no page, no answer
// and no file of a conversation ever enters its cache, so ending somebody's access leaves nothing behind.
const NAME = `rapport-${KEPT.join("|").split("").reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) | 0, 7)}`;
const OFFLINE = KEPT[0];

self.addEventListener("install", (event) => {
  // Without cookies, so that the kept page is the one that knows nobody.
  const asked = KEPT.map((address) => new Request(address, { credentials: "omit", cache: "reload" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(asked)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const outdated = (names) => Promise.all(names.filter((name) => name.startsWith("rapport-") && name !== NAME).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(outdated).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  else if (KEPT.includes(address.pathname + address.search)) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});
