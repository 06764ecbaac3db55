// A file under the text: on its way, attached, or refused with the reason.
export function chip(list, file) {
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

export function fail({ item, name, progress }, text) {
  item.className = "upload is-failed";
  item.setAttribute("role", "alert");
  progress.remove();
  name.textContent += ` ${text}`;
}

export function attached({ item, progress }, id) {
  item.className = "upload is-done";
  progress.remove();
  item.prepend(Object.assign(document.createElement("input"), { type: "hidden", name: "attachment", value: id }));
}
