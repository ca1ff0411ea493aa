// Brings together what the server says, the page, and what is shown around it.

import { NO_SITE_YET } from "./bar.js";
import { Page, mayHavePictures, refreshPictures } from "./page.js";
import { Shell, addressIn, tab } from "./parts.js";
import { Surroundings, isSameSave, saveOf } from "./surroundings.js";

/**
 * @typedef {import("./bar.js").Seen} Seen
 * @typedef {import("./bar.js").State} State
 */

// The connection to the server, which comes back by itself

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 2000;
const GROWTH = 1.5;
// A device that slept may hold a connection that is dead and does not know it.
const DOUBTFUL_AFTER = 30_000;

class Connection {
  /** @type {WebSocket | null} */ #socket = null;
  #pause = FIRST_PAUSE;
  #timer = 0;
  #hiddenAt = 0;

  /**
   * @param {string} address
   * @param {{opened: () => void, received: (message: any) => void, lost: () => void}} events
   *   `lost` is said when the first try to come back begins, so that a short break goes unnoticed.
   */
  constructor(address, events) {
    this.address = address;
    this.events = events;
    addEventListener("online", () => this.#renew());
    // A page that is kept for the back button must not hold a connection.
    addEventListener("pagehide", () => this.#drop());
    addEventListener("pageshow", (event) => event.persisted && this.#renew());
    document.addEventListener("visibilitychange", () => this.#shown());
    this.#open();
  }

  /** Send a message, if anyone is there. @param {object} message */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #open() {
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.address);
    this.#socket = socket;
    socket.onopen = () => {
      this.#pause = FIRST_PAUSE;
      this.events.opened();
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.events.received(JSON.parse(event.data));
    };
    socket.onclose = () => socket === this.#socket && this.#retryLater();
  }

  #retryLater() {
    this.#timer = setTimeout(() => {
      this.events.lost();
      this.#open();
    }, this.#pause);
    this.#pause = Math.min(this.#pause * GROWTH, LONGEST_PAUSE);
  }

  #drop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #renew() {
    if (this.#socket?.readyState === WebSocket.CONNECTING) return;
    this.#drop();
    this.#pause = FIRST_PAUSE;
    this.#open();
  }

  #shown() {
    if (document.hidden) {
      this.#hiddenAt = Date.now();
    } else if (
      this.#socket?.readyState !== WebSocket.OPEN ||
      Date.now() - this.#hiddenAt > DOUBTFUL_AFTER
    ) {
      this.#renew();
    }
  }
}

// What is done with what it brings

const NO_INFO = {
  source: "",
  file: "",
  sources: [],
  held_back: "",
  held_back_text: "",
  words: null,
  has_related: false,
  other_view: true,
};
// What is remembered in a tab from page to page.
const WORDS = "words";
const OPENED = "opened";

class Client {
  #shell;
  #page = new Page();
  /** @type {Surroundings | null} */ #surroundings = null;
  /** @type {Seen} */ #seen;
  /** Whether a state has come over this connection; what the first one tells is no news. */
  #isUpToDate = false;
  #isLeaving = false;
  #wordsShown = "";
  #connection;

  /**
   * @param {{view: string, path: string, etag: string, status: number}} page
   * @param {string} styles
   */
  constructor(page, styles) {
    this.#shell = new Shell(styles);
    this.#seen = { ...page, info: NO_INFO, state: null, link: "connecting" };
    // With the words of the page before, the bar is there at once.
    const words = tab.recall(WORDS);
    if (words) this.#build(words);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#connection = new Connection(`${scheme}://${location.host}/_preview/live`, {
      opened: () => this.#opened(),
      received: (message) => this.#received(message),
      lost: () => this.#update({ link: "lost" }),
    });
    for (const change of ["focus", "blur"]) addEventListener(change, () => this.#look());
    document.addEventListener("visibilitychange", () => this.#look());
    // Left for another page, it may be come back to.
    addEventListener("pageshow", () => (this.#isLeaving = false));
  }

  /** Say what is looked at here. */
  #look() {
    const { view, path, etag } = this.#seen;
    const active = !document.hidden && document.hasFocus();
    this.#connection.send({ type: "look", view, path, etag, active });
  }

  #opened() {
    this.#isUpToDate = false;
    this.#look();
    this.#update({ link: "live" });
  }

  /** @param {{type: string} & Record<string, any>} message */
  #received(message) {
    if (this.#isLeaving) return;
    const { type } = message;
    if (type === "page") this.#receivedPage(message);
    else if (type === "state") this.#receivedState(/** @type {any} */ (message));
    else if (type === "hello") this.#receivedWords(message.words);
    else if (type === "waiting") this.#surroundings?.waiting.show(/** @type {any} */ (message));
  }

  /** @param {Record<string, any>} message */
  #receivedPage({ status, etag, html, info }) {
    const before = this.#seen;
    // A page of waiting has nothing that is worth keeping.
    if (before.status === NO_SITE_YET && status !== NO_SITE_YET) return this.#reload();
    const isOther = html !== null && etag !== before.etag;
    const styled = isOther && this.#show(html);
    this.#seen = { ...before, status, etag, info: info ?? NO_INFO };
    if (isOther) dispatchEvent(new CustomEvent("bulletin:shown", { detail: { etag } }));
    if (styled && status === 200 && before.status !== 200) styled.then(scrollToAnchor);
    this.#update({});
  }

  /** @param {string} html */
  #show(html) {
    try {
      return this.#page.show(html, () => this.#reload());
    } catch (error) {
      // A page half changed is worse than one loaded again.
      console.error(error);
      this.#reload();
    }
    return false;
  }

  /** @param {State} state */
  #receivedState(state) {
    const before = this.#seen.state;
    const isNews = this.#isUpToDate && before && !isSameSave(saveOf(before), saveOf(state));
    this.#isUpToDate = true;
    this.#update({ state });
    if (isNews && state.saved.length) this.#saved(state);
    if (state.open !== null) this.#open(state);
  }

  /** @param {State} state */
  #saved(state) {
    this.#surroundings?.tellSaved(state);
    if (mayHavePictures(state)) refreshPictures();
  }

  /** Go to a page that was just begun, once. @param {State} state */
  #open({ number, open }) {
    const what = `${number} ${open}`;
    if (tab.recall(OPENED) === what) return;
    tab.remember(OPENED, what);
    // It is a draft, which readers do not see.
    const address = new URL(addressIn("editors", open ?? ""), location.href);
    if (address.pathname === location.pathname) return;
    this.#isLeaving = true;
    location.assign(address);
  }

  /** @param {Record<string, string>} words */
  #receivedWords(words) {
    tab.remember(WORDS, words);
    this.#build(words);
  }

  /** @param {Record<string, string>} words */
  #build(words) {
    const text = JSON.stringify(words);
    if (text === this.#wordsShown) return;
    this.#wordsShown = text;
    this.#surroundings = new Surroundings(this.#shell, words);
    this.#update({});
  }

  /** @param {Partial<Seen>} news */
  #update(news) {
    this.#seen = { ...this.#seen, ...news };
    this.#surroundings?.update(this.#seen);
  }

  #reload() {
    this.#isLeaving = true;
    location.reload();
  }
}

/** What a browser does when it loads a page. */
function scrollToAnchor() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (id) document.getElementById(id)?.scrollIntoView();
}

/**
 * Begin to follow a page.
 * @param {{view: string, path: string, etag: string, status: number}} page
 * @param {string} styles the style sheet of what is shown around it
 */
export function start(page, styles) {
  new Client(page, styles);
}
