// What a fresh piece of the page needs; the larger parts are fetched only where they are used.
export function bring(root) {
  const has = (selector) => root.matches?.(selector) || root.querySelector(selector);
  if (has("textarea[data-code]")) import("./editor.js").then((part) => part.edit(root));
  if (has("[data-chart]")) import("./chart.js").then((part) => part.draw(root));
  if (has("[data-drop]")) import("./drop.js").then((part) => part.accept(root));
  const first = root.querySelector(".is-invalid, [data-focus]");
  if (first && root !== document.body) first.focus();
}
