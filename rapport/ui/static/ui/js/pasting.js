// What a paste brings: words, pictures or files. Nothing is cut and nothing left out without being said.
import { toast } from "ui/enliven.js";

const bodyOf = (html) => new DOMParser().parseFromString(html, "text/html").body;

// The files to take from a paste. Office programs and browsers add a picture of the words, or the address of a picture:
// words win, unless there are none.
export function filesOf(clipboard) {
  const files = [...clipboard.files];
  const words = files.length ? bodyOf(clipboard.getData("text/html")).innerText.trim() : "";
  return words ? [] : files;
}

// True when the paste does not fit: it is refused whole. Pictures that cannot come along are spoken of.
export function refuses(field, event) {
  const html = event.clipboardData.getData("text/html");
  const body = bodyOf(html);
  const length = field.value.length + Math.max(event.clipboardData.getData("text/plain").length, body.innerText.length);
  const most = Number(field.dataset.most || Infinity);
  if (length > most) {
    toast(field.dataset.tooLong.replace("{length}", length.toLocaleString(document.documentElement.lang)).replace("{most}", most.toLocaleString(document.documentElement.lang)), { kind: "error", seconds: 12 });
    return true;
  }
  if (field.dataset.leftOut && body.querySelector("img:not([data-cid])")) toast(field.dataset.leftOut, { kind: "error", seconds: 9 });
  return false;
}
