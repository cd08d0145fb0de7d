// Puts an editor in the place of each box of rich text. It writes what sanitize.py keeps, and nothing is lost without it.
import {
  Bold, BulletList, Document, Editor, Gapcursor, HardBreak, Heading, History, Link, ListItem, Mark, OrderedList,
  Paragraph, Table, TableCell, TableHeader, TableRow, Text,
} from "../django_prose_editor/editor.js";

// Words in another language, such as the title of a paper.
const OtherLanguage = Mark.create({
  name: "otherLanguage",
  addAttributes: () => ({ lang: { default: null } }),
  parseHTML: () => [{ tag: "span[lang]" }],
  renderHTML: ({ HTMLAttributes }) => ["span", HTMLAttributes, 0],
});

const EXTENSIONS = [
  Document, Paragraph, Text, Bold, HardBreak, History, Gapcursor, BulletList, OrderedList, ListItem, OtherLanguage,
  Heading.configure({ levels: [2, 3] }),
  Link.configure({ enableTarget: false, autolink: false, linkOnPaste: false, openOnClick: false }),
  Table.configure({ resizable: false }), TableRow, TableHeader, TableCell,
];

const WORDS = [
  "tools", "paragraph", "heading", "smaller", "bold", "list", "numbered", "link", "cite", "language", "table",
  "row", "column", "deleteRow", "deleteColumn", "deleteTable", "undo", "redo", "linkTo", "setLink", "removeLink",
  "sourceToCite", "citeIt", "close", "source", "rich",
];

const inTable = (editor) => editor.isActive("table");
// name, what it does, whether it is on, whether it can be used
const BUTTONS = [
  ["paragraph", (chain) => chain.setParagraph(), (editor) => editor.isActive("paragraph")],
  ["heading", (chain) => chain.toggleHeading({ level: 2 }), (editor) => editor.isActive("heading", { level: 2 })],
  ["smaller", (chain) => chain.toggleHeading({ level: 3 }), (editor) => editor.isActive("heading", { level: 3 })],
  ["bold", (chain) => chain.toggleBold(), (editor) => editor.isActive("bold")],
  ["list", (chain) => chain.toggleBulletList(), (editor) => editor.isActive("bulletList")],
  ["numbered", (chain) => chain.toggleOrderedList(), (editor) => editor.isActive("orderedList")],
  ["language", (chain, editor) => chain.toggleMark("otherLanguage", { lang: otherThan(editor) }), (editor) => editor.isActive("otherLanguage")],
  ["table", (chain) => chain.insertTable({ rows: 3, cols: 2, withHeaderRow: true }), null, (editor) => !inTable(editor)],
  ["row", (chain) => chain.addRowAfter(), null, inTable],
  ["column", (chain) => chain.addColumnAfter(), null, inTable],
  ["deleteRow", (chain) => chain.deleteRow(), null, inTable],
  ["deleteColumn", (chain) => chain.deleteColumn(), null, inTable],
  ["deleteTable", (chain) => chain.deleteTable(), null, inTable],
  ["undo", (chain) => chain.undo(), null, (editor) => editor.can().undo()],
  ["redo", (chain) => chain.redo(), null, (editor) => editor.can().redo()],
];

function otherThan(editor) {
  return editor.view.dom.lang === "es" ? "en" : "es";
}

// Focused at once, so that the next key goes into the text; the editor's own command waits for the next frame.
function chain(editor) {
  editor.view.focus();
  return editor.chain();
}

function make(name, properties = {}, children = []) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function start(textarea) {
  const box = textarea.closest(".prose");
  // The editor knows no captions of tables: such a text stays in its box, so that none is lost.
  if (!box || box.dataset.on !== undefined || textarea.id.includes("__prefix__") || textarea.value.includes("<caption")) return;
  const place = box.querySelector(".prose__place");
  const words = Object.fromEntries(place.dataset.proseWords.split("|").map((word, i) => [WORDS[i], word]));
  let refresh = () => {};
  const editor = new Editor({
    element: place,
    extensions: EXTENSIONS,
    content: textarea.value,
    injectCSS: false,
    editorProps: { attributes: named(textarea) },
    onUpdate: () => write(textarea, editor),
    onTransaction: () => refresh(),
  });
  const bar = toolbar(editor, words, box, textarea);
  refresh = bar.refresh;
  place.before(bar.tools, ...bar.rows);
  box.dataset.on = "";
  refresh();
}

function named(textarea) {
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  const language = document.querySelector("[data-text-language]")?.dataset.textLanguage || document.querySelector("#id_language")?.value;
  const help = textarea.getAttribute("aria-describedby");
  return {
    role: "textbox",
    "aria-multiline": "true",
    "aria-label": label ? label.textContent.replace(/:\s*$/, "") : textarea.name,
    ...(help ? { "aria-describedby": help } : {}),
    ...(language ? { lang: language } : {}),
  };
}

function write(textarea, editor) {
  textarea.value = editor.isEmpty ? "" : editor.getHTML();
  textarea.dispatchEvent(new Event("input", { bubbles: true }));
}

function toolbar(editor, words, box, textarea) {
  const buttons = BUTTONS.map(([name, act, isOn, canUse]) => {
    const button = make("button", { type: "button", textContent: words[name] });
    button.dataset.name = name;
    button.addEventListener("click", () => act(chain(editor), editor).run());
    return { button, isOn, canUse };
  });
  const link = row(words, "linkTo", "links", [
    ["setLink", (value) => value && chain(editor).extendMarkRange("link").setLink({ href: value }).run()],
    ["removeLink", () => chain(editor).extendMarkRange("link").unsetLink().run()],
  ], editor);
  const cite = row(words, "sourceToCite", "references", [
    ["citeIt", (value) => value && chain(editor).insertContent(` [[${value}]]`).run()],
  ], editor);
  const openers = [opener(words.link, link, () => editor.getAttributes("link").href || ""), opener(words.cite, cite, () => "")];
  const shown = buttons.map((one) => one.button);
  const tools = make("div", { className: "prose__tools" }, [...shown.slice(0, 6), ...openers, ...shown.slice(6), sourceButton(editor, words, box, textarea)]);
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", words.tools);
  const refresh = () => buttons.forEach(({ button, isOn, canUse }) => {
    if (isOn) button.setAttribute("aria-pressed", String(isOn(editor)));
    if (canUse) button.disabled = !canUse(editor);
  });
  return { tools, rows: [link, cite], refresh };
}

function row(words, label, list, acts, editor) {
  const input = make("input", { type: "text", autocomplete: "off" });
  input.setAttribute("list", list);
  const element = make("div", { className: "prose__row", hidden: true }, [make("label", {}, [words[label], input])]);
  const close = () => { element.hidden = true; editor.view.focus(); };
  for (const [name, act] of acts) {
    const button = make("button", { type: "button", textContent: words[name] });
    button.addEventListener("click", () => { act(input.value.trim()); close(); });
    element.append(button);
  }
  const cancel = make("button", { type: "button", textContent: words.close });
  cancel.addEventListener("click", close);
  element.append(cancel);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && event.target === input) { event.preventDefault(); element.querySelector("button").click(); }
  });
  return element;
}

function opener(word, element, value) {
  const button = make("button", { type: "button", textContent: word });
  button.addEventListener("click", () => {
    element.hidden = false;
    const input = element.querySelector("input");
    input.value = value();
    input.focus();
  });
  return button;
}

function sourceButton(editor, words, box, textarea) {
  const button = make("button", { type: "button", textContent: words.source });
  button.dataset.name = "source";
  button.addEventListener("click", () => {
    const wasSource = box.dataset.source !== undefined;
    if (wasSource) editor.commands.setContent(textarea.value, { emitUpdate: false });
    box.toggleAttribute("data-source", !wasSource);
    button.textContent = wasSource ? words.source : words.rich;
  });
  return button;
}

function startAll(root) {
  root.querySelectorAll("textarea[data-prose]").forEach(start);
}

startAll(document);
document.addEventListener("formset:added", (event) => {
  // The admin renames fields of a new row, but not what describes them.
  const number = event.target.id.replace(/^.*-/, "");
  event.target.querySelectorAll('[aria-describedby*="__prefix__"], [id*="__prefix__"]').forEach((one) => {
    for (const name of ["aria-describedby", "id"]) {
      if (one.hasAttribute(name)) one.setAttribute(name, one.getAttribute(name).replace("__prefix__", number));
    }
  });
  startAll(event.target);
});
