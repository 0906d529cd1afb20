// One table of keys; the dialog that lists them is in base.html.
import { openPalette } from "./palette.js";

const typing = (target) => target.closest("input, textarea, select, [contenteditable], .cm-editor");
const follow = (name) => document.querySelector(`[data-key="${name}"]`)?.click();
let prefix = "";

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.target.closest("form")?.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = prefix + event.key;
  prefix = event.key === "g" ? "g " : "";
  if (prefix) { setTimeout(() => { prefix = ""; }, 1200); return; }
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  } else if (event.key === "?") {
    document.getElementById("keys").showModal();
  } else follow(key);
});
