// The browser knows where it is: its time zone is offered where nobody has chosen one yet.
const choice = document.querySelector("select[name=time_zone]");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (choice && [...choice.options].some((one) => one.value === here)) choice.value = here;
