// A list whose entries are dragged into a sequence: <ol data-sortable> with draggable entries. The arrows beside them do
// the same by keyboard and without this; here they move the entry at once and the form is sent in the background.
let held = null;

const entry = (target) => target.closest?.("[data-sortable] > [draggable]");

function send(form) {
  const data = new FormData(form);
  fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" } }).then((answer) => { if (!answer.ok) form.submit(); }, () => form.submit());
  for (const list of form.querySelectorAll("[data-sortable]")) {
    [...list.children].forEach((one, at, all) => {
      const [up, down] = one.querySelectorAll("button[name=move]");
      if (up) [up.disabled, down.disabled] = [at === 0, at === all.length - 1];
    });
  }
}

document.addEventListener("dragstart", (event) => {
  held = entry(event.target);
  if (!held) return;
  event.dataTransfer.effectAllowed = "move";
  held.classList.add("is-held");
});

document.addEventListener("dragover", (event) => {
  const over = held && entry(event.target);
  if (!over || over.parentElement !== held.parentElement) return;
  event.preventDefault();
  const { top, height } = over.getBoundingClientRect();
  if (over !== held) over[event.clientY < top + height / 2 ? "before" : "after"](held);
});

document.addEventListener("dragend", () => {
  held?.classList.remove("is-held");
  if (held) send(held.closest("form"));
  held = null;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-sortable] button[name=move]");
  if (!button) return;
  event.preventDefault();
  const moved = entry(button);
  const other = button.value.startsWith("up:") ? moved.previousElementSibling : moved.nextElementSibling;
  if (!other) return;
  other[button.value.startsWith("up:") ? "before" : "after"](moved);
  send(button.form);
  (button.disabled ? moved.querySelector("button[name=move]:not(:disabled)") : button)?.focus();
});
