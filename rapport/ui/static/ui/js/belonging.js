// Whether a row belongs in the list that is shown, as far as the browser can tell: true, false, or null where only the server knows.
const me = document.body.dataset.account;
const list = document.getElementById("list");

const belongs = {
  mine: (d) => d.status === "open" && d.assignee === me,
  unassigned: (d) => d.status === "open" && !d.assignee,
  open: (d) => d.status === "open",
  all: (d) => d.status !== "spam", longest: (d) => d.status === "open" && d.waits === "1",
};
for (const status of ["waiting", "snoozed", "closed", "spam"]) belongs[status] = (d) => d.status === status;

export function fits(row) {
  const view = list.dataset.view;
  if (list.dataset.query) return null;
  if (row.dataset.fits) return row.dataset.fits === "yes";
  if (view.startsWith("team:")) return row.dataset.status === "open" && row.dataset.team === view.slice(5);
  return belongs[view] ? belongs[view](row.dataset) : null;
}

// What the server needs to know to say whether a saved view holds a row.
export const saved = () => (/^v\d+$/.test(list.dataset.view) && !list.dataset.query ? `?view=${list.dataset.view}` : "");
export const byActivity = () => list.dataset.order === "activity";
