// Problems: which of them cover the page, how one is shown, and the overlay and the list that have
// them.

import { breakable, counted, editorAddress, element, icon, say, unseen } from "./parts.js";

/**
 * @typedef {{path: string, line: number, column: number, code: string, is_error: boolean,
 *   text: string, hint: string, excerpt: string, file: string, fresh: boolean}} Fault
 */

const BEFORE = 70;
const AFTER = 110;
const PART_OF_WORD = /[\p{L}\p{M}\p{N}_-]/u;

/**
 * Whether a problem has to be seen before anything else: one in what was saved last, in the page on
 * screen, or in what all pages are made of.
 * @param {Fault} fault
 * @param {{status: number, info: {sources?: string[]}}} seen
 */
export function isUrgent(fault, { status, info }) {
  if (!fault.is_error) return false;
  const isContent = fault.path.startsWith("content/");
  return fault.fresh || !isContent || status !== 200 || !!info.sources?.includes(fault.path);
}

/**
 * A line in three parts: what is before a column, the word or sign that stands there, the rest. A
 * long line is cut on both sides. Columns count characters from 1.
 * @param {string} line
 * @param {number} column
 */
export function markedLine(line, column) {
  const signs = Array.from(line);
  const start = column > 0 ? Math.min(column - 1, signs.length) : signs.length;
  let end = start;
  while (end < signs.length && PART_OF_WORD.test(signs[end])) end++;
  if (end === start && start < signs.length) end++;
  while (end < signs.length && /\p{M}/u.test(signs[end])) end++;
  const cut = column > 0 ? start : 0;
  const [first, last] = [cut - BEFORE, Math.max(cut + AFTER, column > 0 ? end : 0)];
  return {
    before:
      (first > 0 ? "…" : "") + signs.slice(Math.max(first, 0), Math.min(start, last)).join(""),
    marked: signs.slice(start, end).join(""),
    after: signs.slice(end, last).join("") + (last < signs.length ? "…" : ""),
  };
}

/** @param {Fault} fault */
function excerpt(fault) {
  if (!fault.excerpt.trim()) return null;
  const { before, marked, after } = markedLine(fault.excerpt, fault.column);
  const mark = fault.column > 0 && element("mark", marked ? {} : { class: "end" }, marked);
  return element(
    "pre",
    {},
    element("span", { class: "number", "aria-hidden": "true" }, String(fault.line)),
    element("code", {}, before, mark, mark ? after : marked + after),
  );
}

/** @param {Fault} fault */
function placeOf({ path, line, column }) {
  return line ? `${path}:${line}:${column || 1}` : path;
}

/** @param {Fault} fault @param {Record<string, string>} words */
function faultItem(fault, words) {
  const kind = fault.is_error ? "error" : "warning";
  return element(
    "li",
    { class: `fault ${kind}` },
    element(
      "p",
      { class: "place" },
      icon(kind),
      unseen(fault.is_error ? words.error : words.warning),
      element("span", { class: "path" }, ...breakable(placeOf(fault))),
      element(
        "a",
        {
          class: "action",
          href: editorAddress(fault.file, fault.line, fault.column),
          title: words.open_editor,
        },
        icon("open"),
        element("span", {}, words.open_editor),
      ),
    ),
    element("p", { class: "text" }, fault.text),
    excerpt(fault),
    fault.hint && element("p", { class: "hint" }, fault.hint),
  );
}

/** @param {Fault[]} faults @param {Record<string, string>} words */
function faultList(faults, words) {
  return element("ol", { class: "faults" }, ...faults.map((fault) => faultItem(fault, words)));
}

/**
 * What a number of errors and warnings is called.
 * @param {number} errors
 * @param {number} warnings
 * @param {Record<string, string>} words
 */
export function countInWords(errors, warnings, words) {
  const { language } = words;
  return [
    errors && counted(words.error_count_one, words.error_count, errors, language),
    warnings && counted(words.warning_count_one, words.warning_count, warnings, language),
  ]
    .filter(Boolean)
    .join(", ");
}

/**
 * The problems of all files, for a panel.
 * @param {{faults: Fault[], errors: number, warnings: number}} state
 * @param {Record<string, string>} words
 */
export function listOfFaults(state, words) {
  const more = state.errors + state.warnings - state.faults.length;
  const count = more.toLocaleString(words.language);
  return [
    faultList(state.faults, words),
    more > 0 && element("p", { class: "more" }, say(words.more, { count })),
  ].filter((part) => part instanceof Element);
}

/** Covers the page with its errors; the page stays in sight behind. */
export class Overlay {
  #shown = "[]";

  /** @param {Record<string, string>} words @param {() => void} hide */
  constructor(words, hide) {
    this.words = words;
    this.hide = hide;
    this.element = element("section", {
      class: "overlay",
      "aria-labelledby": "overlay-title",
      tabindex: -1,
      hidden: true,
      onclick: (/** @type {Event} */ event) => event.target === this.element && hide(),
    });
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /**
   * Show these errors, or none. Returns whether that is anything new.
   * @param {Fault[]} faults
   * @param {boolean} [isPage] whether what is behind is the page, and not that there is none
   */
  update(faults, isPage = true) {
    const text = JSON.stringify(faults);
    if (text === this.#shown) return false;
    this.#shown = text;
    const header = this.#header(faults.length, isPage);
    const card = element("div", { class: "card" }, header, faultList(faults, this.words));
    this.element.replaceChildren(...(faults.length ? [card] : []));
    this.element.hidden = !faults.length;
    return true;
  }

  /** @param {number} count @param {boolean} isPage */
  #header(count, isPage) {
    const { words } = this;
    return element(
      "header",
      {},
      element("h2", { id: "overlay-title" }, countInWords(count, 0, words)),
      element(
        "button",
        { type: "button", class: "action", onclick: this.hide },
        words.hide,
        element("kbd", {}, "Esc"),
      ),
      isPage && element("p", { class: "muted" }, words.behind),
    );
  }
}
