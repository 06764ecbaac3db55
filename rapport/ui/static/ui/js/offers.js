// The palette's list: offers {group, text, hint, key} under the names of their groups, one of them chosen.
export function byGroup(offers) {
  const groups = new Map();
  for (const one of offers) groups.set(one.group, [...(groups.get(one.group) || []), one]);
  return groups;
}

function option(one, index, choose) {
  const item = Object.assign(document.createElement("div"), { id: `palette-${index}`, className: "palette__one", role: "option" });
  item.append(Object.assign(document.createElement("span"), { textContent: one.text, dir: "auto" }));
  if (one.hint) item.append(Object.assign(document.createElement("small"), { textContent: one.hint, dir: "auto" }));
  if (one.key) item.append(Object.assign(document.createElement("kbd"), { textContent: one.key }));
  item.addEventListener("click", () => choose(one));
  return item;
}

// Writes them down; returns them in the sequence in which they stand.
export function list(place, offers, choose) {
  const inOrder = [];
  const groups = [...byGroup(offers)].map(([name, ones]) => {
    const group = Object.assign(document.createElement("div"), { role: "group", ariaLabel: name });
    group.append(Object.assign(document.createElement("p"), { className: "palette__group", textContent: name, ariaHidden: "true" }));
    for (const one of ones) group.append(option(one, inOrder.push(one) - 1, choose));
    return group;
  });
  place.replaceChildren(...groups);
  return inOrder;
}

export function mark(place, field, at) {
  place.querySelectorAll("[role=option]").forEach((item, index) => { item.ariaSelected = String(index === at); });
  const chosen = document.getElementById(`palette-${at}`);
  field.setAttribute("aria-activedescendant", chosen?.id || "");
  chosen?.scrollIntoView({ block: "nearest" });
}
