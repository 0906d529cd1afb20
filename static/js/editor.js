// A textarea with data-code becomes a code editor; the textarea stays what the form sends.
import * as cm from "../vendor/codemirror.js";

const colors = cm.HighlightStyle.define([
  { tag: [cm.tags.propertyName, cm.tags.definition(cm.tags.propertyName)], color: "var(--verb-get)" },
  { tag: [cm.tags.string, cm.tags.special(cm.tags.string)], color: "var(--verb-post)" },
  { tag: [cm.tags.number, cm.tags.bool, cm.tags.null], color: "var(--verb-put)" },
  { tag: [cm.tags.keyword, cm.tags.labelName], color: "var(--verb-any)" },
  { tag: [cm.tags.variableName], color: "var(--verb-patch)" },
  { tag: [cm.tags.comment, cm.tags.meta], color: "var(--faint)" },
]);

const look = cm.EditorView.theme({
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--faint)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--accent-soft)" },
  ".cm-content": { caretColor: "var(--tblr-body-color)" },
  ".cm-cursor": { borderLeftColor: "var(--tblr-body-color)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "rgba(124,119,255,.28) !important" },
  ".cm-placeholder": { color: "color-mix(in srgb, var(--tblr-body-color) 80%, transparent)" },
  ".cm-panels": { backgroundColor: "var(--box-bg)", color: "inherit" },
});

const vtl = cm.StreamLanguage.define({
  token(stream) {
    if (stream.match(/^##.*/)) return "comment";
    if (stream.match(/^#(set|if|elseif|else|end|foreach|stop|break|return|macro|define|evaluate)\b/)) return "keyword";
    if (stream.match(/^\$!?\{?[A-Za-z_][\w.]*\}?/)) return "variableName";
    if (stream.match(/^"(?:[^"\\$]|\\.)*"/)) return "string";
    if (stream.match(/^-?\d+(\.\d+)?/)) return "number";
    stream.next();
    return null;
  },
});

const LANGUAGES = { json: () => cm.json(), yaml: () => cm.yaml(), vtl: () => vtl };

export function languageOf(text) {
  return /^\s*[{[]/.test(text) ? "json" : "yaml";
}

export function edit(root) {
  for (const area of root.querySelectorAll("textarea[data-code]:not([data-edited])")) upgrade(area);
}

function upgrade(area) {
  area.dataset.edited = "";
  const wanted = area.dataset.code;
  const language = new cm.Compartment();
  let current = wanted === "auto" ? languageOf(area.value) : wanted;
  const holder = document.createElement("div");
  holder.className = `code-field ${area.classList.contains("is-invalid") ? "is-invalid" : ""}`;
  if ("tall" in area.dataset) holder.dataset.tall = "";
  const sync = cm.EditorView.updateListener.of((update) => {
    if (!update.docChanged) return;
    area.value = update.state.doc.toString();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    const now = wanted === "auto" ? languageOf(area.value) : wanted;
    if (now !== current) {
      current = now;
      queueMicrotask(() => view.dispatch({ effects: language.reconfigure(LANGUAGES[now]()) }));
    }
  });
  const view = new cm.EditorView({
    parent: holder,
    state: cm.EditorState.create({
      doc: area.value,
      extensions: [
        "tall" in area.dataset ? [cm.lineNumbers(), cm.foldGutter(), cm.highlightActiveLine(), cm.highlightActiveLineGutter(), cm.lintGutter()] : [],
        cm.history(), cm.drawSelection(), cm.bracketMatching(), cm.indentOnInput(), cm.highlightSelectionMatches(),
        cm.EditorView.lineWrapping,
        cm.EditorState.tabSize.of(2),
        cm.EditorState.readOnly.of(area.readOnly),
        cm.placeholder(area.placeholder || ""),
        // Tab leaves the editor, as it leaves every field: nobody is locked in without a mouse.
        cm.keymap.of([...cm.defaultKeymap, ...cm.historyKeymap, ...cm.searchKeymap, ...cm.foldKeymap]),
        cm.EditorView.contentAttributes.of({ "aria-label": area.getAttribute("aria-label") || area.labels?.[0]?.textContent.trim() || "Code" }),
        cm.syntaxHighlighting(colors), look, language.of(LANGUAGES[current]()), sync,
      ],
    }),
  });
  area.after(holder);
  area.hidden = true;
  area.view = view;
  area.addEventListener("replace", (event) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: event.detail } }));
  area.addEventListener("focus", () => view.focus());
  mark(view, area);
}

// Lines at fault: data-marks='[{"line": 3, "text": "..."}]'
function mark(view, area) {
  const marks = JSON.parse(area.dataset.marks || "[]").filter((said) => said.line >= 1 && said.line <= view.state.doc.lines);
  if (!marks.length) return;
  const diagnostics = marks.map((said) => {
    const line = view.state.doc.line(said.line);
    return { from: line.from, to: line.to, severity: said.severity || "error", message: said.text };
  });
  view.dispatch(cm.setDiagnostics(view.state, diagnostics));
  view.dispatch({ effects: cm.EditorView.scrollIntoView(diagnostics[0].from, { y: "center" }) });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  const view = link && document.querySelector(link.dataset.of || "textarea[data-tall]")?.view;
  if (!view) return;
  event.preventDefault();
  const line = view.state.doc.line(Math.min(view.state.doc.lines, Math.max(1, Number(link.dataset.line))));
  view.dispatch({ selection: { anchor: line.from }, effects: cm.EditorView.scrollIntoView(line.from, { y: "center" }) });
  view.focus();
});
