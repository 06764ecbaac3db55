// Being told by push in this browser: asks the browser for its address and tells it to the server. The browser remembers
// for which account it does, so that after signing in again the same person need not turn it on again.
import { csrf } from "ui/enliven.js";

const MARK = "rapport-push";
const AGAIN_AFTER = 6 * 3600 * 1000;
const { account } = document.body.dataset;
const known = () => { try { return JSON.parse(localStorage.getItem(MARK) || "{}"); } catch { return {}; } };

export const isMine = () => known().account === account;

export function forget() {
  localStorage.removeItem(MARK);
  return navigator.serviceWorker.ready.then(({ pushManager }) => pushManager.getSubscription()).then((present) => present?.unsubscribe());
}

const post = (address, values = {}) => fetch(address, { method: "POST", headers: { ...csrf(), "HX-Request": "true" }, body: new URLSearchParams(values) });
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const same = (one, other) => one?.byteLength === other.byteLength && new Uint8Array(one).every((byte, at) => byte === other[at]);

// The browser's present subscription if it was made for the server's present key, else a new one.
async function subscription() {
  const { key } = await (await post("/account/devices/key/")).json();
  const { pushManager } = await navigator.serviceWorker.ready;
  const present = await pushManager.getSubscription();
  if (present && same(present.options.applicationServerKey, bytes(key))) return present;
  await present?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
}

// Resolves to "" or to the sentence by which the server refused; rejects when the browser or the line fails.
export async function turnOn() {
  const { endpoint, keys } = (await subscription()).toJSON();
  const answer = await post("/account/devices/", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
  if (!answer.ok) {
    const said = JSON.parse(answer.headers.get("HX-Trigger") || "{}")["rapport:refused"];
    if (!said) throw new Error(`${answer.status}`);
    return said.sentence;
  }
  localStorage.setItem(MARK, JSON.stringify({ account, at: Date.now() }));
  return "";
}

// After signing in, and now and then: the session is another one, and browsers change their addresses.
export function renew() {
  const cameIn = document.referrer && new URL(document.referrer).pathname.startsWith("/accounts/");
  if (!isMine() || Notification.permission !== "granted" || (!cameIn && Date.now() - known().at < AGAIN_AFTER)) return;
  turnOn().catch(() => {});
}
