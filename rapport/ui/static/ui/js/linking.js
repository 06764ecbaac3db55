// Asks where a link leads, and sets it.
export function link(editor) {
  const dialog = document.getElementById("link-dialog");
  const field = dialog.querySelector("input");
  field.value = editor.getAttributes("link").href || "";
  dialog.showModal();
  dialog.onclose = () => {
    if (dialog.returnValue !== "set") return;
    const chain = editor.chain().focus().extendMarkRange("link");
    if (field.value.trim()) chain.setLink({ href: /^[a-z]+:/i.test(field.value) ? field.value.trim() : `https://${field.value.trim()}` }).run();
    else chain.unsetLink().run();
  };
}
