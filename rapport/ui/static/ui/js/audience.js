// Whom a reply reaches, in words; and when others take part than a moment ago, the reply goes to those.
export const people = (value) => value.split(/[,;\n]/).map((one) => one.trim()).filter(Boolean);
const nameOf = (one) => one.replace(/<[^>]*>/, "").replace(/"/g, "").trim() || one.replace(/[<>]/g, "").trim();

export function audience(form) {
  const line = form.querySelector("[data-audience]");
  const all = ["to", "cc", "bcc"].flatMap((name) => people(form.elements[name].value));
  const words = line.dataset;
  line.classList.toggle("is-nobody", all.length === 0);
  const others = all.length === 2 ? ` ${words.other}` : all.length > 2 ? ` ${words.others.replace("#", all.length - 1)}` : "";
  line.textContent = all.length ? `${words.to} ${nameOf(all[0])}${others}` : words.nobody;
}

// What somebody changed by hand stays; warnings.js speaks of those whom the conversation no longer reaches.
document.addEventListener("rapport:synced", ({ detail: { told } }) => {
  const form = document.getElementById("reply-form");
  if (!form || (form.dataset.askingTo === told.askingTo && form.dataset.askingCc === told.askingCc)) return;
  for (const [name, asking] of [["to", "askingTo"], ["cc", "askingCc"]]) {
    if (form.elements[name].value === form.dataset[asking]) form.elements[name].value = told[asking];
    form.dataset[asking] = told[asking];
  }
  form.dataset.known = told.known;
  form.dispatchEvent(new CustomEvent("rapport:known"));
  audience(form);
});
