// Small things that pages do on a click: copy, switch the theme, show a tab, add or remove a row.
import { toast } from "./toasts.js";

async function copy(button) {
  const text = button.dataset.copy || button.parentElement.querySelector("code, pre").textContent;
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    toast("The browser keeps its clipboard closed here: select the text and copy it with Ctrl-C.", "warning");
  }
}

function switchTheme() {
  const root = document.documentElement;
  root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.bsTheme);
  document.dispatchEvent(new CustomEvent("theme"));
}

function showTab(tab) {
  const group = tab.closest("[data-tabs]");
  for (const other of group.querySelectorAll("[role=tab]")) {
    const on = other === tab;
    other.setAttribute("aria-selected", on);
    other.tabIndex = on ? 0 : -1;
    group.querySelector(`#${other.getAttribute("aria-controls")}`).hidden = !on;
  }
  localStorage.setItem("recipe", tab.textContent.trim());
}

function addRow(button) {
  const map = button.closest("[data-map]");
  const row = map.querySelector("template").content.firstElementChild.cloneNode(true);
  map.querySelector("[data-rows]").append(row);
  htmx.process(row);
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: row } }));
  row.querySelector("input").focus();
}

function removeRow(button) {
  const map = button.closest("[data-map]");
  button.closest(".map-row").remove();
  map.querySelector("[data-add]").focus();
  map.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const on = (selector, run) => { const hit = event.target.closest(selector); if (hit) run(hit); };
  on(".copy", copy);
  on("[data-theme-switch]", switchTheme);
  on("[data-tabs] [role=tab]", showTab);
  on("[data-add]", addRow);
  on("[data-remove]", removeRow);
});

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[data-tabs] [role=tab]");
  if (!tab || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const all = [...tab.parentElement.querySelectorAll("[role=tab]")];
  const next = all[(all.indexOf(tab) + (event.key === "ArrowRight" ? 1 : -1) + all.length) % all.length];
  next.focus();
  showTab(next);
});

// The tool that someone chose last is the tool they use.
document.addEventListener("htmx:load", (event) => remember(event.detail.elt));
function remember(root) {
  const wished = localStorage.getItem("recipe");
  for (const tab of root.querySelectorAll("[data-tabs] [role=tab]")) if (tab.textContent.trim() === wished) showTab(tab);
}
remember(document);

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submit]")) event.target.form.requestSubmit();
});
