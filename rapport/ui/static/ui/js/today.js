// Today follows what happens: some seconds later, and never while somebody points at it or stands in it.
const place = document.getElementById("today");
let timer = 0;

function refresh() {
  timer = 0;
  if (document.hidden || place.matches(":hover") || place.contains(document.activeElement)) return soon();
  window.htmx.ajax("GET", "/today/", { target: place, swap: "innerHTML" });
}

const soon = () => { timer ||= setTimeout(refresh, 3000 + Math.random() * 2000); };

for (const name of ["event", "bell", "refetch"]) document.addEventListener(`rapport:${name}`, soon);
