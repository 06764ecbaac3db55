// The service worker that shows a calm page when the server cannot be reached.
navigator.serviceWorker?.register("/ui/worker.js", { scope: "/" }).catch(() => {});
