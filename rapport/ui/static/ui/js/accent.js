// The accent colour as words and as a colour to pick: each follows the other.
const words = document.querySelector("[data-accent]");
const picker = document.querySelector("[data-accent-picker]");
const FORMS = { whole: /^#?([0-9a-f]{6})$/i, short: /^#?([0-9a-f])([0-9a-f])([0-9a-f])$/i };

picker.hidden = false;

picker.addEventListener("input", () => {
  words.value = picker.value;
  words.dispatchEvent(new Event("input", { bubbles: true }));
});

words.addEventListener("input", () => {
  const written = words.value.trim();
  const whole = FORMS.whole.exec(written);
  const short = FORMS.short.exec(written);
  if (whole) picker.value = `#${whole[1].toLowerCase()}`;
  else if (short) picker.value = `#${short.slice(1).map((digit) => digit + digit).join("").toLowerCase()}`;
  else if (!written) picker.value = picker.dataset.default;
});
