// All that is shown around the page: bar, panels, overlay, notice, and what opens and closes them.

import { Bar, NO_SITE_YET } from "./bar.js";
import { Overlay, countInWords, isUrgent, listOfFaults } from "./faults.js";
import { Notice, Panel, Waiting, addressIn, counted, element, say, tab } from "./parts.js";

/**
 * @typedef {import("./bar.js").Seen} Seen
 * @typedef {import("./bar.js").State} State
 */

// The meetings that are related to the one on screen, and what speaks for each

/**
 * @typedef {{title: string, date: string, url: string, score: string,
 *   ties: {text: string, weight: string}[], why_not: string}} Candidate
 */

/** @param {Candidate} candidate @param {string} view */
function candidateItem(candidate, view) {
  return element(
    "li",
    { class: "candidate" },
    element("span", { class: "score" }, candidate.score),
    element(
      "div",
      {},
      element("a", { href: addressIn(view, candidate.url) }, candidate.title),
      element("p", { class: "muted" }, candidate.date),
      element(
        "ul",
        { class: "ties" },
        ...candidate.ties.map(({ text, weight }) =>
          element("li", {}, element("span", {}, text), element("b", {}, weight)),
        ),
      ),
      candidate.why_not && element("p", { class: "why" }, candidate.why_not),
    ),
  );
}

/** @param {Candidate[]} candidates @param {string} view */
function candidateList(candidates, view) {
  return element(
    "ol",
    { class: "candidates" },
    ...candidates.map((candidate) => candidateItem(candidate, view)),
  );
}

/**
 * What the panel shows: first what is on the page, then what might have been.
 * @param {Candidate[]} candidates
 * @param {string} view
 * @param {Record<string, string>} words
 */
function contents(candidates, view, words) {
  const shown = candidates.filter((candidate) => !candidate.why_not);
  const others = candidates.filter((candidate) => candidate.why_not);
  if (!candidates.length) return [element("p", { class: "muted" }, words.related_none)];
  return [
    ...(shown.length ? [candidateList(shown, view)] : []),
    ...(others.length
      ? [element("h3", {}, words.related_not_shown), candidateList(others, view)]
      : []),
  ];
}

/**
 * Ask what is related to a page.
 * @param {{view: string, path: string}} page
 * @param {Record<string, string>} words
 * @returns {Promise<Element[]>}
 */
async function loadRelated({ view, path }, words) {
  try {
    const answer = await fetch(`/_preview/related?${new URLSearchParams({ view, path })}`);
    if (!answer.ok) throw new Error(answer.statusText);
    return contents(await answer.json(), view, words);
  } catch {
    return [element("p", { class: "muted" }, words.related_failed)];
  }
}

// One save may come in several states: first what can be said at once, then what follows from it

/**
 * What tells one save from the next.
 * @param {State} state
 */
export function saveOf({ number, settled, saved, saved_total }) {
  return { number, settled, files: JSON.stringify([saved, saved_total]) };
}

/**
 * Whether two states come of the same save: they are the same, or the later settles the earlier.
 * @param {ReturnType<typeof saveOf>} earlier
 * @param {ReturnType<typeof saveOf>} later
 */
export function isSameSave(earlier, later) {
  return earlier.number === later.number || (!earlier.settled && earlier.files === later.files);
}

// All of it together

const HIDDEN = "hidden";

export class Surroundings {
  /** @type {Seen | null} */ #seen = null;
  /** What the panel of related meetings was filled for. */ #relatedFor = "";

  /** @param {import("./parts.js").Shell} shell @param {Record<string, string>} words */
  constructor(shell, words) {
    this.shell = shell;
    this.words = words;
    this.overlay = new Overlay(words, () => this.#hideOverlay());
    this.notice = new Notice(shell, words);
    this.waiting = new Waiting(words);
    this.bar = new Bar(
      words,
      (text) => shell.announce(text),
      (height) => shell.leaveRoom(height),
    );
    this.problems = new Panel(shell, "problems", this.bar.problems, words.close);
    this.related = new Panel(shell, "related", this.bar.related, words.close);
    this.related.fill(words.related, "", () => [element("p", { class: "muted" }, words.looking)]);
    this.bar.problems.onclick = () => this.#toggle(this.problems, this.related);
    this.bar.related.onclick = () => this.#toggle(this.related, this.problems);
    const parts = [this.waiting, this.overlay, this.notice, this.problems, this.related, this.bar];
    shell.fill(words.language, ...parts.map((part) => part.element));
  }

  /** Show what is known now. @param {Seen} seen */
  update(seen) {
    const wasWrong = this.#seen?.state?.errors;
    this.#seen = seen;
    if (wasWrong && seen.state?.errors === 0) this.shell.announce(this.words.mended);
    if (seen.status !== NO_SITE_YET || seen.state?.errors) this.waiting.hide();
    this.bar.update(seen);
    this.#updateOverlay(seen);
    this.#fillProblems(seen);
    this.#fillRelated(seen);
  }

  /** Tell of a save: aloud, and with a way there if it is another page. @param {State} state */
  tellSaved({ saved, saved_total }) {
    const { path, info } = /** @type {Seen} */ (this.#seen);
    const isHere = (/** @type {State["saved"][0]} */ file) =>
      file.url === path || info.sources.includes(file.path);
    const here = saved.filter(isHere);
    const there = saved.find((file) => file.url !== null && !isHere(file));
    const named = there ?? saved[0];
    const others = saved_total - 1 - (there ? here.length : 0);
    const text = this.#savedText(named.title || named.path, others);
    this.shell.announce(text);
    // Readers may not see it yet.
    if (there) this.notice.show(text, addressIn("editors", /** @type {string} */ (there.url)));
    else this.notice.close();
    // Esc is for the errors first.
    if (this.overlay.isOpen) this.shell.opened(this.#hideOverlay);
  }

  /** @param {string} title @param {number} others */
  #savedText(title, others) {
    const { saved, and_files_one, and_files, language } = this.words;
    const more = others > 0 ? ` ${counted(and_files_one, and_files, others, language)}` : "";
    return say(saved, { title }) + more;
  }

  // The overlay

  /** @param {Seen} seen */
  #updateOverlay(seen) {
    const { state } = seen;
    if (!state) return;
    const urgent = this.#isPutAway(state)
      ? []
      : state.faults.filter((each) => isUrgent(each, seen));
    const wasOpen = this.overlay.isOpen;
    if (!this.overlay.update(urgent, seen.status === 200)) return;
    if (!urgent.length) {
      this.shell.closed(this.#hideOverlay);
      return;
    }
    this.shell.opened(this.#hideOverlay);
    this.shell.announce(`${countInWords(urgent.length, 0, this.words)}. ${urgent[0].text}`);
    // So that keys scroll it; but whoever is somewhere stays there.
    if (!wasOpen && document.activeElement === document.body) {
      this.overlay.element.focus({ preventScroll: true });
    }
  }

  #hideOverlay = () => {
    const state = this.#seen?.state;
    if (!state) return;
    const { focused } = this.shell;
    const wasUsed = focused !== this.overlay.element && this.overlay.element.contains(focused);
    tab.remember(HIDDEN, saveOf(state));
    this.overlay.update([]);
    this.notice.close();
    this.shell.closed(this.#hideOverlay);
    if (wasUsed) this.bar.problems.focus({ preventScroll: true });
  };

  /** Whether the person has put the errors of this save away. @param {State} state */
  #isPutAway(state) {
    const hidden = tab.recall(HIDDEN);
    const save = saveOf(state);
    const isPutAway = hidden !== null && isSameSave(hidden, save);
    if (hidden) tab.remember(HIDDEN, isPutAway ? save : null);
    return isPutAway;
  }

  // The panels

  /** @param {Panel} panel @param {Panel} other */
  #toggle(panel, other) {
    other.close();
    if (panel.isOpen) {
      panel.close();
    } else {
      panel.open();
      if (this.#seen) this.#fillRelated(this.#seen);
    }
  }

  /** @param {Seen} seen */
  #fillProblems({ state }) {
    if (!state) return;
    if (!state.faults.length) this.problems.close();
    const key = JSON.stringify([state.faults, state.errors, state.warnings]);
    this.problems.fill(this.words.problems, key, () => listOfFaults(state, this.words));
  }

  /** @param {Seen} seen */
  async #fillRelated({ view, path, etag, info, state }) {
    if (!info.has_related) this.related.close();
    const wanted = JSON.stringify([view, path, etag, state?.number]);
    if (!this.related.isOpen || wanted === this.#relatedFor) return;
    this.#relatedFor = wanted;
    const parts = await loadRelated({ view, path }, this.words);
    if (wanted === this.#relatedFor) this.related.fill(this.words.related, wanted, () => parts);
  }
}
