// What is pushed to this browser is shown at once; a second one about the same conversation takes the place of the first.
const NAMED = ["title", "body", "url", "tag", "lang", "dir"];

function told(event) {
  try {
    const said = event.data.json();
    return { ...Object.fromEntries(NAMED.map((name) => [name, String(said[name] ?? "")])), at: Number(said.at) || Date.now() };
  } catch {
    return { title: "Rapport", body: "", url: "/notifications/", tag: "news", lang: "", dir: "auto", at: Date.now() };
  }
}

// Addresses of our own only, whatever a push says.
function addressOf(url) {
  const address = new URL(url || "/", location.origin);
  return address.origin === location.origin ? address : new URL("/", location.origin);
}

const pages = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });

self.addEventListener("push", (event) => {
  const { title, body, url, tag, lang, dir, at } = told(event);
  const address = addressOf(url);
  const show = async () => {
    // Nobody needs to be told of what they look at.
    const looked = (await pages()).some((page) => page.focused && new URL(page.url).pathname === address.pathname && tag !== "trial");
    if (looked) return;
    const look = { icon: ICON, badge: BADGE, body, tag, lang, dir: dir === "rtl" ? "rtl" : "auto", timestamp: at, data: { url: address.pathname } };
    await self.registration.showNotification(title || "Rapport", look);
  };
  event.waitUntil(show());
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = addressOf(event.notification.data?.url);
  const open = async () => {
    const there = (await pages()).find((page) => new URL(page.url).pathname === address.pathname);
    return there ? there.focus() : self.clients.openWindow(address.href);
  };
  event.waitUntil(open());
});
