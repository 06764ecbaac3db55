// The composer: reply or note, whom it reaches in words, Ctrl+Enter, and an empty field after sending.
import { audience, people } from "ui/audience.js";
import { enliven, toast } from "ui/enliven.js";

const focus = (form) => {
  const field = form.querySelector("textarea");
  if (!field.editor) return field.focus();
  field.editor.view.focus(); // at once: the command waits for the next frame, and the next key is meant for the letter
  field.editor.commands.focus("end");
};

const chord = (event) => [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : "", event.shiftKey ? "Shift" : "", "Enter"].filter(Boolean).join("+");

function told(form) {
  const ticked = [...form.querySelectorAll("[data-mentionable]:checked")].map((box) => `@${box.dataset.name}`);
  const names = new Set([...ticked, ...[...form.querySelectorAll(".ProseMirror [data-mention]")].map((one) => one.textContent)]);
  form.querySelector("[data-told]").textContent = names.size ? ` · ${[...names].join(", ")}` : "";
}

enliven("form[data-composer]", (form) => {
  if (form.dataset.composer !== "note") form.addEventListener("input", (event) => { if (event.target.matches("[data-recipients]")) audience(form); });
  else for (const kind of ["change", "input"]) form.addEventListener(kind, () => told(form));
  form.addEventListener("keydown", (event) => {
    const button = event.key === "Enter" && form.querySelector(`[data-chord="${chord(event)}"]`);
    if (button) {
      event.preventDefault();
      event.stopPropagation(); // before the editor, which would break the line where the caret stands
      button.click(); // htmx sends the name and value of a button that was clicked, not of one that submits by script
    }
    if (event.key === "@" && form.dataset.composer === "note" && event.target.matches("textarea")) form.querySelector("[data-mentions]").open = true;
  }, true);
  form.addEventListener("htmx:confirm", (event) => {
    if (!form.querySelector(".upload.is-going")) return;
    event.preventDefault();
    toast(form.querySelector("[data-uploads]").getAttribute("aria-label") + " …", { kind: "error" });
  });
  // Only while it sends itself: the times in its menu are fetched inside of it, and a disabled button loses the focus.
  const rest = (yes) => (event) => { if (event.target === form) form.querySelectorAll(".composer__send button").forEach((button) => { button.disabled = yes; }); };
  form.addEventListener("htmx:beforeRequest", rest(true));
  form.addEventListener("htmx:afterRequest", rest(false));
});

document.addEventListener("click", (event) => {
  const adder = event.target.closest("[data-add-copy]");
  if (!adder) return;
  const field = adder.form?.elements.cc || adder.closest("form").elements.cc;
  field.value = [...people(field.value), adder.dataset.addCopy].join(", ");
  adder.remove();
  audience(field.form);
});

document.addEventListener("change", (event) => {
  if (event.target.name === "composer-mode") focus(document.getElementById(`${event.target.value}-form`));
});

document.addEventListener("click", (event) => {
  const tab = event.target.closest(".composer__tabs label");
  if (tab?.querySelector("input").checked) focus(document.getElementById(`${tab.querySelector("input").value}-form`));
});

// After sending or taking back the server's own composer replaces this one: empty, or with the text given back.
document.addEventListener("rapport:done", ({ detail }) => {
  const composer = document.getElementById("composer");
  if (!detail.composer || composer?.dataset.number !== String(detail.conversation)) return;
  composer.dispatchEvent(new CustomEvent("rapport:emptied", { bubbles: true }));
  window.htmx.ajax("GET", `/conversations/${detail.conversation}/composer/`, { target: "#composer", swap: "outerHTML" })
    .then(() => {
      if (detail.composer === "restored") focus(document.getElementById("reply-form"));
      else if (document.activeElement === document.body) document.getElementById("conversation-scroll").focus({ preventScroll: true });
    });
});
