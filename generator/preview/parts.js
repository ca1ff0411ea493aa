// What the things that are shown around a page are made of, and where they stand.

// Elements and sentences

/**
 * An element with attributes, listeners (`onclick`) and children; what is null or false is left
 * out.
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string | false | null | undefined)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      made.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (value !== false && value != null) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  made.append(
    .../** @type {(Node | string)[]} */ (children.filter((child) => child || child === "")),
  );
  return made;
}

const ICONS = {
  close: "M4 4l8 8M12 4l-8 8",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  done: "M3 8.5l3.5 3.5L13 4.5",
  drafts: "M3 13l.6-2.9L10.8 3a1.4 1.4 0 0 1 2 2l-7 7.2z",
  error: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M8 4.5v4.2M8 11v.4",
  fold: "M3.5 6l4.5 4.5L12.5 6",
  open: "M6.5 3.5h-4v10h10v-4M9.5 2.5h4v4M13 3L7.5 8.5",
  readers:
    "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 0 0 4a2 2 0 1 0 0-4",
  related:
    "M4 2.5a2 2 0 1 0 0 4a2 2 0 1 0 0-4M12 9.5a2 2 0 1 0 0 4a2 2 0 1 0 0-4M4 6.5v2q0 3 3 3h3",
  unfold: "M3.5 10.5L8 6l4.5 4.5",
  absent: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM3 13.5L13 2.5",
  warning: "M8 2L1.5 13.5h13zM8 6.5v3.2M8 11.4v.4",
};

/**
 * An icon drawn with lines; what it means is said in words beside it.
 * @param {keyof typeof ICONS} name
 */
export function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("class", `icon icon-${name}`);
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(drawing.namespaceURI, "path");
  line.setAttribute("d", ICONS[name]);
  drawing.append(line);
  return drawing;
}

/** Words for the ears alone. @param {string} text */
export function unseen(text) {
  return element("span", { class: "unseen" }, text);
}

/**
 * A text with `{named}` values put in.
 * @param {string} text
 * @param {Record<string, unknown>} values
 */
export function say(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * A text that counts something, with the number written as its language does.
 * @param {string} one the text for 1
 * @param {string} many
 * @param {number} count
 * @param {string} language
 */
export function counted(one, many, count, language) {
  return say(count === 1 ? one : many, { count: count.toLocaleString(language) });
}

/**
 * A path with places at which its line may break.
 * @param {string} path
 * @returns {(Node | string)[]}
 */
export function breakable(path) {
  return path.split(/(?<=[/\\])/).flatMap((part, at) => (at ? [element("wbr"), part] : [part]));
}

/**
 * The address that opens a file in VS Code.
 * @param {string} file
 * @param {number} [line]
 * @param {number} [column]
 */
export function editorAddress(file, line = 0, column = 0) {
  const path = file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
  // A drive's colon stays: `C:/x`.
  const rooted = `/${path.replace("%3A", ":")}`.replace(/^\/+/, "/");
  return `vscode://file${rooted}:${line || 1}:${column || 1}`;
}

/** Where a page stands in a view. @param {string} view @param {string} path */
export function addressIn(view, path) {
  return (view === "readers" ? "/_preview/readers/" : "/") + path;
}

// Where all of the preview stands: one element outside the page's body, in the top layer, with
// its own style sheet. Nothing of the page reaches into it, and nothing of it into the page

/** @typedef {"sessionStorage" | "localStorage"} Store */

/** @param {string} key @param {Store} store @returns {any} */
function recall(key, store) {
  try {
    return JSON.parse(window[store].getItem(`bulletin-${key}`) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string} key @param {unknown} value @param {Store} store */
function remember(key, value, store) {
  try {
    window[store].setItem(`bulletin-${key}`, JSON.stringify(value));
  } catch {
    // Some browsers are told to keep nothing.
  }
}

/** @param {Store} store */
function memory(store) {
  return {
    /** @param {string} key */
    recall: (key) => recall(key, store),
    /** @param {string} key @param {unknown} value */
    remember: (key, value) => remember(key, value, store),
  };
}

/** What is remembered in this tab, and in this browser. */
export const tab = memory("sessionStorage");
export const browser = memory("localStorage");

export class Shell {
  #host = element("bulletin-preview", { popover: "manual" });
  #frame = element("div", { class: "frame" });
  #heard = element("div", { class: "unseen", role: "status" });
  /** @type {Element[]} */ #toSay = [];
  #room = new CSSStyleSheet();
  /** What Esc closes, the last first. @type {(() => void)[]} */ #open = [];

  /** @param {string} styles */
  constructor(styles) {
    const root = this.#host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    root.adoptedStyleSheets = [sheet];
    root.append(this.#frame, this.#heard);
    document.documentElement.append(this.#host);
    this.#host.showPopover?.();
    document.adoptedStyleSheets.push(this.#room);
    addEventListener("keydown", (event) => this.#escape(event), { capture: true });
  }

  /** What has the focus in here. */
  get focused() {
    return this.#host.shadowRoot?.activeElement ?? null;
  }

  /** @param {string} language @param {...Element} parts */
  fill(language, ...parts) {
    this.#open = [];
    this.#frame.lang = this.#heard.lang = language;
    this.#frame.replaceChildren(...parts);
  }

  /**
   * Say something to those who listen, together with what else is said now.
   * @param {string} text
   */
  announce(text) {
    if (!this.#toSay.length) {
      queueMicrotask(() => this.#heard.replaceChildren(...this.#toSay.splice(0)));
    }
    this.#toSay.push(element("div", {}, text));
  }

  /** Note what Esc closes from now on. @param {() => void} close */
  opened(close) {
    this.closed(close);
    this.#open.push(close);
  }

  /** @param {() => void} close */
  closed(close) {
    this.#open = this.#open.filter((each) => each !== close);
  }

  /** Leave so much room below the page that nothing of it is hidden. @param {number} height */
  leaveRoom(height) {
    this.#frame.style.setProperty("--bar", `${Math.ceil(height)}px`);
    const room = `${Math.ceil(height)}px !important`;
    this.#room.replaceSync(
      `@media screen { :root { padding-block-end: ${room}; scroll-padding-block-end: ${room}; } }`,
    );
  }

  /** @param {KeyboardEvent} event */
  #escape(event) {
    // In a composition, as of Vietnamese letters, Esc belongs to the input method.
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    const close = this.#open.pop();
    if (!close) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  }
}

// A panel above the bar, which a button of the bar opens and closes. Like all that is shown only at
// times, it is empty while it is not

export class Panel {
  #title = element("h2");
  #content = element("div", { class: "content", tabindex: 0 });
  #header;
  #close = () => this.close();
  /** @type {string | null} */ #key = null;

  /**
   * @param {Shell} shell
   * @param {string} name
   * @param {HTMLElement} button
   * @param {string} closeWord
   */
  constructor(shell, name, button, closeWord) {
    this.shell = shell;
    this.button = button;
    this.#title.id = `${name}-title`;
    this.#content.setAttribute("aria-labelledby", this.#title.id);
    this.#content.setAttribute("role", "group");
    this.#header = element(
      "header",
      {},
      this.#title,
      element(
        "button",
        { type: "button", class: "quiet", "aria-label": closeWord, onclick: this.#close },
        icon("close"),
      ),
    );
    this.element = element("section", {
      id: name,
      class: "panel",
      "aria-labelledby": this.#title.id,
      hidden: true,
    });
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", name);
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /**
   * Show something, which is made only if it is not there already.
   * @param {string} title
   * @param {string} key tells this from what else may be shown
   * @param {() => Element[]} make
   */
  fill(title, key, make) {
    if (key === this.#key) return;
    this.#key = key;
    this.#title.textContent = title;
    this.#content.replaceChildren(...make());
  }

  open() {
    this.element.replaceChildren(this.#header, this.#content);
    this.element.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.shell.opened(this.#close);
    this.#content.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    const hadFocus = this.element.contains(this.shell.focused);
    this.element.hidden = true;
    this.element.replaceChildren();
    this.button.setAttribute("aria-expanded", "false");
    this.shell.closed(this.#close);
    if (hadFocus) this.button.focus({ preventScroll: true });
  }
}

// A small notice that something else was saved, which goes away by itself

const PATIENCE = 8000;

export class Notice {
  #text = element("p");
  #link = element("a", { class: "action" });
  #button;
  #timer = 0;
  #close = () => this.close();

  /** @param {Shell} shell @param {Record<string, string>} words */
  constructor(shell, words) {
    this.shell = shell;
    this.#link.textContent = words.go_there;
    const count = () => this.#count();
    this.element = element("aside", {
      class: "notice",
      hidden: true,
      onpointerenter: count,
      onpointerleave: count,
      onfocusin: count,
      onfocusout: count,
    });
    this.#button = element(
      "button",
      { type: "button", class: "quiet", "aria-label": words.close, onclick: this.#close },
      icon("close"),
    );
    document.addEventListener("visibilitychange", count);
  }

  /** @param {string} text @param {string} address */
  show(text, address) {
    this.#text.textContent = text;
    this.#link.setAttribute("href", address);
    this.element.replaceChildren(this.#text, this.#link, this.#button);
    this.element.hidden = false;
    this.shell.opened(this.#close);
    this.#count();
  }

  close() {
    clearTimeout(this.#timer);
    this.element.hidden = true;
    this.element.replaceChildren();
    this.shell.closed(this.#close);
  }

  /** Begin to wait anew. Whoever points at it or has the focus in it is not done with it. */
  #count() {
    clearTimeout(this.#timer);
    if (this.element.hidden || document.hidden) return;
    if (this.element.matches(":hover, :focus-within")) return;
    this.#timer = setTimeout(this.#close, PATIENCE);
  }
}

// How far the work is while there is no site to show yet

export class Waiting {
  #stage = element("p");
  #count = element("p", { class: "muted" });
  #bar = element("progress");

  /** @param {Record<string, string>} words */
  constructor(words) {
    this.words = words;
    this.#bar.setAttribute("aria-label", words.waiting);
    this.element = element("section", { class: "waiting", hidden: true });
  }

  /** @param {{stage: string, done: number, total: number}} message */
  show({ stage, done, total }) {
    const number = (/** @type {number} */ value) => value.toLocaleString(this.words.language);
    if (this.element.hidden) this.#open();
    this.#stage.textContent = stage;
    this.#count.textContent = total
      ? say(this.words.progress, { done: number(done), total: number(total) })
      : "";
    this.#bar.setAttribute("max", String(total || 1));
    if (total) this.#bar.setAttribute("value", String(done));
    else this.#bar.removeAttribute("value");
  }

  hide() {
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  #open() {
    const stage = element("div", { class: "stage" }, this.#stage, this.#count);
    const title = element("h2", {}, this.words.waiting);
    this.element.replaceChildren(element("div", { class: "card" }, title, this.#bar, stage));
    this.element.hidden = false;
  }
}
