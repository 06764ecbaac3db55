// Files by choosing, dropping or pasting: sent at once as raw bytes, with progress; a failure stays until it is removed.
// A picture that is pasted, or dropped into the text, stands in the text.
import { attached, chip, fail } from "ui/chips.js";
import { csrf, enliven } from "ui/enliven.js";
import { filesOf } from "ui/pasting.js";
import { insert, isPicture } from "ui/pictures.js";

// `into`: the field in whose text the file is to stand, `at` the place there.
function send(list, file, into = null, at = undefined) {
  const shown = chip(list, file);
  if (file.size > Number(list.dataset.limit)) return fail(shown, list.dataset.tooBig);
  const request = new XMLHttpRequest();
  request.open("POST", `/uploads/?name=${encodeURIComponent(file.name)}${into ? "&inline=1" : ""}`);
  request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
  request.setRequestHeader("X-CSRFToken", csrf()["X-CSRFToken"]);
  request.upload.onprogress = (event) => { if (event.lengthComputable) shown.progress.value = (event.loaded / event.total) * 100; };
  request.onerror = () => fail(shown, list.dataset.failed);
  request.onload = () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* the sentence below says it */ }
    if (request.status !== 201) return fail(shown, answer.sentence || list.dataset.failed);
    if (!into) attached(shown, answer.id);
    else {
      shown.item.remove();
      insert(into, answer, at);
    }
    list.dispatchEvent(new Event("input", { bubbles: true }));
  };
  shown.remove.addEventListener("click", () => request.abort());
  request.send(file);
}

const formIn = (composer) => [...composer.querySelectorAll("form[data-composer]")].find((form) => form.offsetParent);

export function take(composer, event, files) {
  const form = formIn(composer);
  const field = form?.querySelector("textarea");
  if (!files.length || !form || field.editor?.view.dragging) return;
  event.preventDefault();
  event.stopPropagation();
  const within = field.editor && field.dataset.pictures && field.editor.view.dom.contains(event.target);
  const at = event.type === "drop" && within ? field.editor.view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos : undefined;
  for (const file of files) send(form.querySelector("[data-uploads]"), file, within && isPicture(file) ? field : null, at);
}

enliven(".composer", (composer) => {
  composer.addEventListener("paste", (event) => take(composer, event, filesOf(event.clipboardData)), true);
  composer.addEventListener("change", (event) => {
    if (!event.target.matches("[data-choose-files]")) return;
    for (const file of event.target.files) send(formIn(composer).querySelector("[data-uploads]"), file);
    event.target.value = "";
  });
  composer.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-remove-upload]");
    if (!remove) return;
    remove.closest(".upload").remove();
    composer.querySelector("textarea").dispatchEvent(new Event("input", { bubbles: true }));
  });
});
