// The resource tree: a filter that keeps a match's ancestors in sight, and arrows to walk it.
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-tree-search]")) return;
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  const tree = document.getElementById("tree");
  let any = false;
  for (const item of tree.querySelectorAll("li[data-find]")) {
    item.hidden = !words.every((word) => item.dataset.find.includes(word));
    any ||= !item.hidden;
  }
  document.getElementById("tree-none").hidden = any;
});

document.addEventListener("keydown", (event) => {
  const search = event.target.matches?.("[data-tree-search]");
  if (!search && !event.target.closest?.("#tree")) return;
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  const links = [...document.querySelectorAll("#tree a")].filter((link) => link.offsetParent);
  const at = links.indexOf(event.target);
  links[search ? 0 : Math.min(links.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
});

// The part that htmx swapped in says where it is; the tree follows.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "drawn") return;
  for (const link of document.querySelectorAll("#tree a")) {
    const here = link.getAttribute("href") === document.querySelector("#drawn [data-tree-at]")?.dataset.treeAt;
    here ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
  }
});
