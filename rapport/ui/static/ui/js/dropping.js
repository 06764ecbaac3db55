// Files dragged over the composer: it shows that it takes them.
import { enliven } from "ui/enliven.js";
import { take } from "ui/uploads.js";

enliven(".composer", (composer) => {
  const over = (on) => composer.classList.toggle("is-over", on);
  composer.addEventListener("dragover", (event) => { if ([...event.dataTransfer.types].includes("Files")) { event.preventDefault(); over(true); } });
  composer.addEventListener("dragleave", (event) => { if (!composer.contains(event.relatedTarget)) over(false); });
  composer.addEventListener("drop", (event) => { over(false); take(composer, event, [...event.dataTransfer.files]); }, true);
});
