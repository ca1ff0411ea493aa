// The page on screen becomes the page as it is now, in place.

import { morphChildren } from "./morphing.js";

// What the person did to a page, and what must outlast a change of it

/** @param {Element} root @returns {Map<string, HTMLDetailsElement>} */
function detailsByName(root) {
  const counts = new Map();
  const found = new Map();
  for (const details of root.querySelectorAll("details")) {
    const name = details.id || details.querySelector("summary")?.textContent?.trim() || "";
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    found.set(`${name}\n${count}`, details);
  }
  return found;
}

/**
 * Open and close the details of a page that is about to be shown as the person left them. They are
 * told apart by id or summary; those with a new summary by their order, if as many are gone.
 * @param {Element} shown
 * @param {Element} fresh
 */
function carryOpened(shown, fresh) {
  const known = detailsByName(shown);
  const coming = detailsByName(fresh);
  const gone = [...known].filter(([name]) => !coming.has(name));
  const renamed = [...coming].filter(([name]) => !known.has(name));
  for (const [name, details] of coming) details.open = known.get(name)?.open ?? details.open;
  if (gone.length !== renamed.length) return;
  renamed.forEach(([, details], at) => (details.open = gone[at][1].open));
}

/** What tells an element that can have the focus from others. @param {Element} element */
function focusName(element) {
  const { id, tagName } = element;
  const name = element.getAttribute("name") ?? element.getAttribute("href");
  return [tagName, id, name ?? element.textContent?.trim()].join("\n");
}

/** @param {Element} element */
function alike(element) {
  const name = focusName(element);
  const same = document.body.querySelectorAll(element.localName);
  return [...same].filter((each) => focusName(each) === name);
}

/**
 * The caret in a field.
 * @param {Element} field
 * @returns {[number | null, number | null, any] | null}
 */
function caretIn(field) {
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return null;
  return [field.selectionStart, field.selectionEnd, field.selectionDirection];
}

/**
 * Remember what has the focus. Returns a function that gives it back to the same thing, be it
 * another element by then, without moving the page.
 * @returns {() => void}
 */
function holdFocus() {
  const held = document.activeElement;
  if (!(held instanceof HTMLElement) || !document.body.contains(held) || held === document.body) {
    return () => {};
  }
  const name = focusName(held);
  const position = alike(held).indexOf(held);
  const caret = caretIn(held);
  const typed = caret && /** @type {HTMLInputElement} */ (held).value;
  const focusVisible = held.matches(":focus-visible");
  return () => {
    if (held.isConnected && held === document.activeElement && focusName(held) === name) return;
    const same = [...document.body.querySelectorAll(held.localName)];
    const found = same.filter((each) => focusName(each) === name);
    const next = found[position] ?? found[0] ?? (held.isConnected ? held : null);
    if (!(next instanceof HTMLElement)) return;
    if (next !== held && typed !== null) /** @type {HTMLInputElement} */ (next).value = typed;
    next.focus(/** @type {FocusOptions} */ ({ preventScroll: true, focusVisible }));
    if (caret?.[0] != null) /** @type {HTMLInputElement} */ (next).setSelectionRange(...caret);
  };
}

// Style sheets change without a flash: the new ones load unseen beside the old, then all change at
// once

const SHEETS = "link[rel~='stylesheet' i], style";
const UNSEEN = "not all";

/**
 * What a sheet said before it was made to wait.
 * @type {WeakMap<Element, {text: string, media: string | null}>}
 */
const said = new WeakMap();
/** Settled when a waiting sheet has loaded, or failed to. @type {Map<Element, Promise<unknown>>} */
const waiting = new Map();
let turn = 0;

/** @param {Element} sheet */
function textOf(sheet) {
  return said.get(sheet)?.text ?? sheet.outerHTML;
}

/** A copy of a served sheet that does not apply yet. @param {Element} sheet */
function unseenCopy(sheet) {
  const copy = /** @type {HTMLElement} */ (document.importNode(sheet, true));
  said.set(copy, { text: sheet.outerHTML, media: sheet.getAttribute("media") });
  const isLink = copy instanceof HTMLLinkElement;
  waiting.set(
    copy,
    isLink ? new Promise((done) => (copy.onload = copy.onerror = done)) : Promise.resolve(),
  );
  copy.setAttribute("media", UNSEEN);
  return copy;
}

/** @param {Element} sheet */
function show(sheet) {
  const media = said.get(sheet)?.media;
  if (media == null) sheet.removeAttribute("media");
  else sheet.setAttribute("media", media);
  waiting.delete(sheet);
}

/**
 * Put new sheets among the old ones where they belong. Returns those that are no longer wanted.
 * @param {Element} head
 * @param {Element[]} wanted
 */
function insert(head, wanted) {
  const there = [...head.querySelectorAll(SHEETS)];
  const kept = new Set();
  let from = 0;
  /** @type {Element | undefined} */ let last;
  for (const sheet of wanted) {
    const at = there.findIndex((each, index) => index >= from && textOf(each) === sheet.outerHTML);
    if (at >= 0) {
      last = there[at];
      kept.add(last);
      from = at + 1;
    } else {
      const copy = unseenCopy(sheet);
      if (last) last.after(copy);
      else if (there[0]) there[0].before(copy);
      else head.append(copy);
      last = copy;
    }
  }
  return there.filter((sheet) => !kept.has(sheet));
}

/**
 * Let the style sheets of the page become those of the served head. A later call takes the place of
 * one that still waits. The promise is kept when they all apply, or will not.
 * @param {Element} head
 * @param {Element} served
 * @returns {Promise<void>}
 */
function followSheets(head, served) {
  const leaving = insert(head, [...served.querySelectorAll(SHEETS)]);
  for (const sheet of leaving) if (waiting.delete(sheet)) sheet.remove();
  const mine = ++turn;
  const change = () => {
    if (mine !== turn) return;
    for (const sheet of waiting.keys()) show(sheet);
    for (const sheet of leaving) sheet.remove();
  };
  if ([...waiting.keys()].some((sheet) => sheet instanceof HTMLLinkElement)) {
    return Promise.all(waiting.values()).then(change);
  }
  change();
  return Promise.resolve();
}

// A page whose scripts have changed has to be loaded again: what the old ones did cannot be undone

const CODE = /^(module|importmap|(text|application)\/(x-)?(java|ecma)script)$/i;

/** Whether a script is run, and does not only hold data. @param {HTMLScriptElement} script */
function isCode(script) {
  return !script.type || CODE.test(script.type);
}

/**
 * The scripts of a document: the address of each, its text after a line end where it has none.
 * A module is as a text, for it stands for others that it imports.
 * @param {Document} page
 */
function scriptsOf(page) {
  return [...page.scripts].filter(isCode).map((script) => {
    const address = script.getAttribute("src");
    return address && script.type !== "module" ? address : `\n${address ?? script.text}`;
  });
}

/** The name of a script's file, which it keeps wherever it moves. @param {string} script */
function fileName(script) {
  return script.startsWith("\n") ? script : script.split(/[?#]/)[0].split("/").at(-1);
}

/**
 * The scripts on screen that some of those served are, or may have been. The others may have been
 * put in by a script.
 * @param {string[]} shown
 * @param {string[]} served
 */
function knownAmong(shown, served) {
  const names = new Set(served.map(fileName));
  return shown.filter((script) => names.has(fileName(script)));
}

/** @param {string} one @param {string} other */
async function isSameText(one, other) {
  const [before, after] = await Promise.all([fetch(one, { cache: "force-cache" }), fetch(other)]);
  return before.ok && after.ok && (await before.text()) === (await after.text());
}

/**
 * Whether scripts are others now. A theme's files all have a new address when one of them changes;
 * so a script that only moved is compared with what it was.
 * @param {string[]} before
 * @param {string[]} after
 */
async function haveChanged(before, after) {
  const gone = before.filter((script) => !after.includes(script));
  const come = after.filter((script) => !before.includes(script));
  if (!come.length) return gone.length > 0;
  for (const script of come) {
    const at = gone.findIndex((each) => fileName(each) === fileName(script));
    if (at < 0) return true;
    const [old] = gone.splice(at, 1);
    if (!(await isSameText(old, script).catch(() => false))) return true;
  }
  return gone.length > 0;
}

// Pictures keep their address when they are saved anew; so nothing in a page says that they changed

const TEXT = /\.(md|toml|html|xml|css|js|txt)$/i;

/**
 * Whether among the files that were saved may be pictures.
 * @param {{saved: {path: string}[], saved_total: number}} state
 */
export function mayHavePictures({ saved, saved_total }) {
  return saved_total > saved.length || saved.some(({ path }) => !TEXT.test(path));
}

/** Load the pictures of the page again, where they are others now. */
export async function refreshPictures() {
  const own = [...document.images].filter((image) => image.src.startsWith(location.origin));
  await Promise.all(own.map(refresh));
}

/** @param {HTMLImageElement} image */
async function refresh(image) {
  // This asks the server, and brings what the browser keeps up to date.
  await fetch(image.currentSrc || image.src, { cache: "no-cache" }).catch(() => null);
  image.setAttribute("src", image.getAttribute("src") ?? "");
}

// The page

const CLIENT = "script[src='/_preview/preview.js']";

/** @param {string} html */
function parse(html) {
  const served = new DOMParser().parseFromString(html, "text/html");
  served.querySelector(CLIENT)?.remove();
  // To this parser, unlike the one that made the page, there are no scripts.
  for (const part of served.querySelectorAll("noscript")) part.textContent = part.innerHTML;
  return served;
}

/** @param {Element} shown @param {Element} fresh */
function followAttributes(shown, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  }
}

/** @param {Element} shown @param {Element} fresh */
function dropAttributes(shown, fresh) {
  for (const { name } of [...shown.attributes]) {
    if (!fresh.hasAttribute(name)) shown.removeAttribute(name);
  }
}

/** What of a head is neither style nor program. @param {Element} head */
function entries(head) {
  return [...head.children].filter((entry) =>
    entry instanceof HTMLScriptElement
      ? !isCode(entry)
      : !entry.matches("link[rel~='stylesheet' i], style"),
  );
}

/** @param {Element} head @param {Element} fresh */
function followEntries(head, fresh) {
  const spare = entries(head);
  for (const entry of entries(fresh)) {
    const at = spare.findIndex((each) => each.isEqualNode(entry));
    if (at < 0) head.append(document.importNode(entry, true));
    else spare.splice(at, 1);
  }
  for (const entry of spare) entry.remove();
}

/** @param {Document} served */
function follow(served) {
  const giveFocusBack = holdFocus();
  followAttributes(document.documentElement, served.documentElement);
  followEntries(document.head, served.head);
  const styled = followSheets(document.head, served.head);
  followAttributes(document.body, served.body);
  dropAttributes(document.body, served.body);
  carryOpened(document.body, served.body);
  morphChildren(document.body, served.body);
  giveFocusBack();
  return styled;
}

export class Page {
  /** The scripts of what was served last. @type {string[] | null} */ #scripts = null;

  /**
   * Show what was served. Where its scripts are others than those that ran, `reload` is called. The
   * promise is kept when its style sheets apply.
   * @param {string} html
   * @param {() => void} reload
   */
  show(html, reload) {
    const served = parse(html);
    const after = scriptsOf(served);
    const before = this.#scripts ?? knownAmong(scriptsOf(document), after);
    this.#scripts = after;
    const styled = follow(served);
    haveChanged(before, after).then((changed) => changed && reload());
    return styled;
  }
}
