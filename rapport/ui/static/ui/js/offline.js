// The service worker that shows a calm page when the server cannot be reached, and what is pushed to this browser.
navigator.serviceWorker?.register("/ui/worker.js", { scope: "/" }).catch(() => {});
if (localStorage.getItem("rapport-push") && "PushManager" in window) import("ui/pushing.js").then(({ renew }) => renew());
