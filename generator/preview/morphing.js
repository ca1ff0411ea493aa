// One tree becomes another in place, with as few of its nodes exchanged as can be.

import { Idiomorph } from "./idiomorph.js";

// Which children of a list are which of the new one

/** One that stays, one that goes, or one that comes.
 * @typedef {[ChildNode | null, ChildNode | null]} Pair
 */

// Beyond this the work would be felt; so long a list is hardly ever written anew in the middle.
const MOST = 250_000;

/**
 * A number for each node, the same for the same.
 * @param {ChildNode[][]} lists
 */
function numbered(...lists) {
  /** @type {Map<string, number>} */ const numbers = new Map();
  return lists.map((nodes) =>
    nodes.map((node) => {
      const key = node instanceof Element ? node.outerHTML : `${node.nodeType} ${node.nodeValue}`;
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    }),
  );
}

/**
 * Whether one may be made of the other by what is in it.
 * @param {ChildNode} old
 * @param {ChildNode} fresh
 */
function mayBecome(old, fresh) {
  if (!(old instanceof Element && fresh instanceof Element)) return old.nodeType === fresh.nodeType;
  return old.localName === fresh.localName && old.id === fresh.id;
}

/**
 * How many nodes two lists have in common at their beginnings.
 * @param {ChildNode[]} one
 * @param {ChildNode[]} other
 */
function common(one, other) {
  const most = Math.min(one.length, other.length);
  let count = 0;
  while (count < most && one[count].isEqualNode(other[count])) count++;
  return count;
}

/**
 * The longest common subsequence of two lists, as pairs of positions.
 * @param {number[]} one
 * @param {number[]} other
 * @returns {[number, number][]}
 */
function longestCommon(one, other) {
  const width = other.length + 1;
  const lengths = new Uint32Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      const at = i * width + j;
      lengths[at] =
        one[i] === other[j]
          ? lengths[at + width + 1] + 1
          : Math.max(lengths[at + width], lengths[at + 1]);
    }
  }
  /** @type {[number, number][]} */ const found = [];
  for (let i = 0, j = 0; i < one.length && j < other.length;) {
    if (one[i] === other[j]) found.push([i++, j++]);
    else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) i++;
    else j++;
  }
  return found;
}

/**
 * Pair nodes of which none is the same, in order, like with like.
 * @param {ChildNode[]} olds
 * @param {ChildNode[]} news
 * @returns {Pair[]}
 */
function pairUp(olds, news) {
  /** @type {Pair[]} */ const pairs = [];
  let from = 0;
  for (const fresh of news) {
    let at = from;
    while (at < olds.length && !mayBecome(olds[at], fresh)) at++;
    if (at === olds.length) {
      pairs.push([null, fresh]);
    } else {
      for (const old of olds.slice(from, at)) pairs.push([old, null]);
      pairs.push([olds[at], fresh]);
      from = at + 1;
    }
  }
  for (const old of olds.slice(from)) pairs.push([old, null]);
  return pairs;
}

/**
 * Pair the children of a node with those it shall have, in order: the same with the same, and
 * between these like with like. Those that are the same at both ends are left out; `first` is
 * where in the list they begin.
 * @param {Node} shown
 * @param {Node} fresh
 * @returns {{pairs: Pair[], first: ChildNode | null}}
 */
function align(shown, fresh) {
  const [allOlds, allNews] = [[...shown.childNodes], [...fresh.childNodes]];
  const start = common(allOlds, allNews);
  const end = common(allOlds.slice(start).reverse(), allNews.slice(start).reverse());
  const olds = allOlds.slice(start, allOlds.length - end);
  const news = allNews.slice(start, allNews.length - end);
  const isLong = olds.length * news.length > MOST;
  const [one, other] = isLong ? [[], []] : numbered(olds, news);
  const same = longestCommon(one, other);
  /** @type {Pair[]} */ const pairs = [];
  let [i, j] = [0, 0];
  for (const [old, fresh] of [...same, [olds.length, news.length]]) {
    for (const pair of pairUp(olds.slice(i, old), news.slice(j, fresh))) pairs.push(pair);
    if (old < olds.length) pairs.push([olds[old], news[fresh]]);
    [i, j] = [old + 1, fresh + 1];
  }
  return { pairs, first: allOlds[start] ?? null };
}

// Making them so

const STATEFUL = "input, textarea, select, iframe, object, video, audio";

/**
 * Change a text only where it differs, so that a selection around it stays.
 * @param {Text} node
 * @param {string} text
 */
function spliceText(node, text) {
  const most = Math.min(node.length, text.length);
  let start = 0;
  while (start < most && node.data[start] === text[start]) start++;
  let end = 0;
  while (end < most - start && node.data.at(-1 - end) === text.at(-1 - end)) end++;
  node.replaceData(start, node.length - start - end, text.slice(start, text.length - end));
}

/**
 * Whether something would be lost with a node that is elsewhere in the new page.
 * @param {Node | null} node
 */
function holdsState(node) {
  return node instanceof Element && (node.matches(STATEFUL) || !!node.querySelector(STATEFUL));
}

/** @param {ChildNode} shown @param {ChildNode} fresh */
function settlePair(shown, fresh) {
  if (shown instanceof Text) spliceText(shown, /** @type {Text} */ (fresh).data);
  else if (shown instanceof Element && mayBecome(shown, fresh)) settle(shown, fresh);
}

/**
 * Do what is plain: children that came or went, and texts that were edited. An engine that goes
 * from sibling to sibling writes each paragraph below a new one anew; with that is lost what is
 * selected there, and what is read moves.
 * @param {Node} shown
 * @param {Node} fresh
 */
function settle(shown, fresh) {
  const { pairs, first } = align(shown, fresh);
  if (pairs.some(([old, now]) => !now && holdsState(old))) return;
  let next = first;
  for (const [old, now] of pairs) {
    if (old) next = old.nextSibling;
    if (old && now) {
      if (!old.isEqualNode(now)) settlePair(old, now);
    } else if (old) {
      old.remove();
    } else if (now) {
      shown.insertBefore(document.importNode(now, true), next);
    }
  }
}

/** Whether the person changed what a field says. @param {Element} field @param {string} name */
function isTouched(field, name) {
  if (
    name === "value" &&
    (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)
  ) {
    return field.value !== field.defaultValue;
  }
  if (name === "checked" && field instanceof HTMLInputElement) {
    return field.checked !== field.defaultChecked;
  }
  if (name === "selected" && field instanceof HTMLOptionElement) {
    return field.selected !== field.defaultSelected;
  }
  return false;
}

const CALLBACKS = {
  /** @param {Node} shown @param {Node} fresh */
  beforeNodeMorphed(shown, fresh) {
    if (!(shown instanceof Text && fresh instanceof Text)) return true;
    if (shown.data !== fresh.data) spliceText(shown, fresh.data);
    return false;
  },
  /** @param {string} name @param {Element} field */
  beforeAttributeUpdated: (name, field) => !isTouched(field, name),
};

/**
 * Make the children of an element those of another.
 * @param {Element} shown
 * @param {Element} fresh
 */
export function morphChildren(shown, fresh) {
  settle(shown, fresh);
  if (shown.isEqualNode(fresh)) return;
  Idiomorph.morph(shown, [...fresh.childNodes], {
    morphStyle: "innerHTML",
    restoreFocus: false,
    callbacks: CALLBACKS,
  });
}
