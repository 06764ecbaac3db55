// A reply of this person that waited came back because somebody wrote first: its words stand in the composer again at
// once. Where something is being written that stays, and keeping it says what came (drafts.js).
document.addEventListener("rapport:event", ({ detail: { kind, conversation, message } }) => {
  const composer = document.getElementById("composer");
  if (kind !== "message.returned" || composer?.dataset.number !== String(conversation)) return;
  const waited = document.querySelector(`#timeline [data-message="${message}"] .held button`); // its author alone has one
  const writes = [...composer.querySelectorAll("textarea")].some((field) => (field.editor?.getText() ?? field.value).trim());
  if (waited && !writes) document.dispatchEvent(new CustomEvent("rapport:done", { detail: { conversation, composer: "restored" } }));
});
