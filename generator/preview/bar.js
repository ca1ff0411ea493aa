// The bar at the bottom: what there is to know of the page on screen, and what can be done with it.

import { countInWords } from "./faults.js";
import { addressIn, browser, counted, editorAddress, element, icon, unseen } from "./parts.js";

export const NO_SITE_YET = 503;

const FOLDED = "folded";
const COPIED_FOR = 2000;

/**
 * @typedef {{source: string, file: string, sources: string[], held_back: string,
 *   held_back_text: string, words: number | null, has_related: boolean,
 *   other_view: boolean}} PageInfo
 * @typedef {{number: number, settled: boolean, faults: import("./faults.js").Fault[],
 *   errors: number, warnings: number, saved: {path: string, title: string, url: string | null}[],
 *   saved_total: number, open: string | null}} State
 * @typedef {{view: string, path: string, etag: string, status: number, info: PageInfo,
 *   state: State | null, link: "live" | "lost" | "connecting"}} Seen
 */

/** Copy a text, also where the page is not on this machine. @param {string} text */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = element("textarea", { readonly: true }, text);
  document.documentElement.append(field);
  /** @type {HTMLTextAreaElement} */ (field).select();
  document.execCommand("copy");
  field.remove();
}

/** The dot that says whether what is on screen is what there is. */
class Dot {
  #text = element("span", { class: "unseen" });
  element = element("span", { class: "dot" }, this.#text);

  /** @param {Seen} seen @param {Record<string, string>} words */
  update(seen, words) {
    const kind = Dot.#kindOf(seen);
    const text = words[kind];
    this.element.className = `dot ${kind}`;
    this.element.title = text;
    if (this.#text.textContent !== text) this.#text.textContent = text;
  }

  /** @param {Seen} seen */
  static #kindOf({ link, state, status }) {
    if (link !== "live") return link;
    if (!state && status !== NO_SITE_YET) return "connecting";
    return state?.settled && status !== NO_SITE_YET ? "live" : "unsettled";
  }
}

/** The path of the page's file: to copy, and to open. */
class SourcePath {
  #folder = element("span", { class: "folder" });
  #name = element("span", { class: "name" });
  #done = element("span", { class: "copied", hidden: true });
  #copy;
  #open;
  #path = "";

  /** @param {Record<string, string>} words @param {(text: string) => void} announce */
  constructor(words, announce) {
    const copied = () => this.#copied(words.copied, announce);
    this.#copy = element(
      "button",
      { type: "button", class: "quiet path", title: words.copy_path, onclick: copied },
      unseen(`${words.copy_path}: `),
      this.#folder,
      this.#name,
      this.#done,
      icon("copy"),
    );
    this.#open = element(
      "a",
      { class: "quiet", title: words.open_editor, "aria-label": words.open_editor },
      icon("open"),
    );
    this.element = element("span", { class: "source" }, this.#copy, this.#open);
  }

  /** @param {Seen} seen */
  update({ info }) {
    const cut = info.source.lastIndexOf("/") + 1;
    this.#path = info.source;
    this.#folder.textContent = info.source.slice(0, cut);
    this.#name.textContent = info.source.slice(cut);
    this.#open.setAttribute("href", editorAddress(info.file));
    this.#copy.hidden = !info.source;
    this.#open.hidden = !info.file;
  }

  /** @param {string} word @param {(text: string) => void} announce */
  async #copied(word, announce) {
    await copy(this.#path);
    announce(word);
    this.#done.replaceChildren(icon("done"), word);
    this.#done.hidden = false;
    setTimeout(() => (this.#done.hidden = true), COPIED_FOR);
  }
}

/** The way between the two views. */
class ViewSwitch {
  #drafts;
  #readers;

  /** @param {Record<string, string>} words */
  constructor(words) {
    this.words = words;
    this.#drafts = element("a", {}, icon("drafts"), element("span", {}, words.drafts));
    this.#readers = element("a", {}, icon("readers"), element("span", {}, words.readers));
    this.element = element("span", { class: "views", role: "group" }, this.#drafts, this.#readers);
  }

  /** @param {Seen} seen */
  update({ view, path, info }) {
    const other = view === "readers" ? this.#drafts : this.#readers;
    for (const [link, name] of [
      [this.#drafts, "editors"],
      [this.#readers, "readers"],
    ]) {
      const target = /** @type {HTMLElement} */ (link);
      target.setAttribute("href", addressIn(/** @type {string} */ (name), path));
      target.toggleAttribute("aria-current", name === view);
      if (name === view) target.setAttribute("aria-current", "page");
      target.title = target.textContent ?? "";
    }
    const hidden = view === "editors" && !info.other_view;
    this.#readers.classList.toggle("absent", hidden);
    this.#readers.querySelector("svg")?.replaceWith(icon(hidden ? "absent" : "readers"));
    if (hidden) other.title = this.words.readers_without;
  }
}

export class Bar {
  #dot = new Dot();
  #foldedDot = new Dot();
  #badge = element("span", { class: "badge" });
  #lost = element("span", { class: "lost" });
  #length = element("span", { class: "muted words" });
  #fine = element("span", { class: "muted fine" });
  #source;
  #views;
  #fold;
  #unfold;

  /**
   * @param {Record<string, string>} words
   * @param {(text: string) => void} announce
   * @param {(height: number) => void} resized
   */
  constructor(words, announce, resized) {
    this.words = words;
    this.#source = new SourcePath(words, announce);
    this.#views = new ViewSwitch(words);
    this.#lost.textContent = words.lost;
    this.#fine.append(icon("done"), element("span", {}, words.no_problems));
    this.problems = element("button", { type: "button", class: "quiet problems" });
    this.related = element(
      "button",
      { type: "button", class: "quiet related", title: words.related },
      icon("related"),
      element("span", {}, words.related),
    );
    this.#fold = this.#foldButton("quiet fold", words.fold, true, icon("fold"));
    this.#unfold = this.#foldButton("corner", words.unfold, false);
    this.strip = this.#strip();
    this.element = element(
      "section",
      { class: "bar", "aria-label": words.preview },
      this.strip,
      this.#unfold,
    );
    this.#setFolded(browser.recall(FOLDED) === true);
    new ResizeObserver(() => resized(this.element.offsetHeight)).observe(this.element);
  }

  /** @param {string} kind @param {string} label @param {boolean} folds @param {...Node} content */
  #foldButton(kind, label, folds, ...content) {
    const onclick = () => {
      browser.remember(FOLDED, folds);
      this.#setFolded(folds);
      (folds ? this.#unfold : this.#fold).focus({ preventScroll: true });
    };
    return element(
      "button",
      { type: "button", class: kind, title: label, "aria-expanded": String(folds), onclick },
      unseen(label),
      ...content,
    );
  }

  #strip() {
    return element(
      "div",
      { class: "strip" },
      element(
        "div",
        { class: "about" },
        this.#dot.element,
        this.#badge,
        this.#source.element,
        this.#lost,
      ),
      element(
        "div",
        { class: "more" },
        this.problems,
        this.#fine,
        this.#length,
        this.related,
        this.#views.element,
      ),
      this.#fold,
    );
  }

  /** @param {boolean} folded */
  #setFolded(folded) {
    this.strip.hidden = folded;
    this.#unfold.hidden = !folded;
  }

  /** @param {Seen} seen */
  update(seen) {
    const { info, state, link } = seen;
    this.#dot.update(seen, this.words);
    this.#foldedDot.update(seen, this.words);
    this.#badge.hidden = !info.held_back;
    this.#badge.className = `badge ${info.held_back}`;
    this.#badge.textContent = info.held_back_text;
    // That there is nobody there matters more than what it was about.
    this.#lost.hidden = link !== "lost";
    this.#source.element.hidden = link === "lost";
    this.#source.update(seen);
    this.#views.update(seen);
    this.related.hidden = !info.has_related;
    this.#length.hidden = info.words == null;
    this.#length.textContent = this.#wordCount(info.words ?? 0);
    this.#updateProblems(state?.errors ?? 0, state?.warnings ?? 0);
    this.#fine.hidden = !state || state.errors + state.warnings > 0;
  }

  /** @param {number} count */
  #wordCount(count) {
    const { word_count_one, word_count, language } = this.words;
    return counted(word_count_one, word_count, count, language);
  }

  /** @param {number} errors @param {number} warnings */
  #updateProblems(errors, warnings) {
    const text = countInWords(errors, warnings, this.words);
    const { language } = this.words;
    const counts = () => [
      unseen(text),
      element(
        "span",
        { class: "counts", "aria-hidden": "true" },
        ...(errors ? [icon("error"), errors.toLocaleString(language)] : []),
        ...(warnings ? [icon("warning"), warnings.toLocaleString(language)] : []),
      ),
    ];
    this.problems.hidden = !text;
    this.problems.title = text;
    this.problems.replaceChildren(...counts());
    const corner = [this.#foldedDot.element, ...(text ? counts() : []), icon("unfold")];
    this.#unfold.replaceChildren(unseen(this.words.unfold), ...corner);
  }
}
