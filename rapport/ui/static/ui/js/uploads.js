// Files by choosing, dropping or pasting: sent at once as raw bytes, with progress; a failure stays until it is removed.
import { csrf, enliven } from "ui/enliven.js";

function chip(list, file) {
  const item = document.createElement("li");
  item.className = "upload is-going";
  const name = Object.assign(document.createElement("span"), { className: "upload__name", textContent: file.name });
  name.translate = false;
  const progress = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
  progress.setAttribute("aria-label", file.name);
  const remove = Object.assign(document.createElement("button"), { type: "button", className: "icon-button", textContent: "×" });
  remove.setAttribute("aria-label", `${list.dataset.remove} ${file.name}`);
  remove.dataset.removeUpload = "";
  item.append(name, progress, remove);
  list.append(item);
  return { item, name, progress, remove };
}

function fail({ item, name, progress }, text) {
  item.className = "upload is-failed";
  item.setAttribute("role", "alert");
  progress.remove();
  name.textContent += ` ${text}`;
}

function send(list, file) {
  const shown = chip(list, file);
  if (file.size > Number(list.dataset.limit)) return fail(shown, list.dataset.tooBig);
  const request = new XMLHttpRequest();
  request.open("POST", `/uploads/?name=${encodeURIComponent(file.name)}`);
  request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
  request.setRequestHeader("X-CSRFToken", csrf()["X-CSRFToken"]);
  request.upload.onprogress = (event) => { if (event.lengthComputable) shown.progress.value = (event.loaded / event.total) * 100; };
  request.onerror = () => fail(shown, list.dataset.failed);
  request.onload = () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* the sentence below says it */ }
    if (request.status !== 201) return fail(shown, answer.sentence || list.dataset.failed);
    shown.item.className = "upload is-done";
    shown.progress.remove();
    shown.item.prepend(Object.assign(document.createElement("input"), { type: "hidden", name: "attachment", value: answer.id }));
    list.dispatchEvent(new Event("input", { bubbles: true }));
  };
  shown.remove.addEventListener("click", () => request.abort());
  request.send(file);
}

const listIn = (composer) => [...composer.querySelectorAll("form[data-composer]")].find((form) => form.offsetParent)?.querySelector("[data-uploads]");

enliven(".composer", (composer) => {
  const over = (on) => composer.classList.toggle("is-over", on);
  const take = (event, files) => {
    if (!files?.length) return;
    event.preventDefault();
    event.stopPropagation();
    for (const file of files) send(listIn(composer), file);
  };
  composer.addEventListener("dragover", (event) => { if ([...event.dataTransfer.types].includes("Files")) { event.preventDefault(); over(true); } });
  composer.addEventListener("dragleave", (event) => { if (!composer.contains(event.relatedTarget)) over(false); });
  composer.addEventListener("drop", (event) => { over(false); take(event, event.dataTransfer.files); }, true);
  composer.addEventListener("paste", (event) => take(event, event.clipboardData.files), true);
  composer.addEventListener("change", (event) => {
    if (!event.target.matches("[data-choose-files]")) return;
    for (const file of event.target.files) send(listIn(composer), file);
    event.target.value = "";
  });
  composer.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-remove-upload]");
    if (!remove) return;
    remove.closest(".upload").remove();
    composer.querySelector("textarea").dispatchEvent(new Event("input", { bubbles: true }));
  });
});
