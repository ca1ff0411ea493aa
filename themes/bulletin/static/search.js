// The search page: what is typed is looked up in the indexes Pagefind made (see docs/site.md), and
// shown with the passage in which it stands. The address always says what is shown.

const form = document.getElementById("finder");
const field = form.elements.q;
const order = form.elements.sort;
const found = form.querySelector(".found");
const status = form.querySelector(".outcome .count");
const list = form.querySelector(".hits ol");
const more = form.querySelector(".more button");
const facets = form.querySelector(".facets");
const groups = [...form.querySelectorAll(".facet")];
const names = groups.map((group) => group.dataset.filter);
const root = new URL(form.dataset.root, location.href);
const folder = new URL(form.dataset.folder, location.href);
const language = document.documentElement.lang;

const AT_ONCE = 10; // results
const PASSAGE = 32; // words
const FEW = 8; // choices of a filter
const LITTLE = 20; // results with the marks of the query
const FEW_NAMES = 3; // pages of names that may be what was asked for
const UNDATED = "0-"; // begins the ids of pages that are not of meetings
const PAUSE = 150; // milliseconds without a key
const TOO_LONG = 20_000; // milliseconds without an answer
const DOT = "\ua78f"; // after every word in the indexes
const OF_INDEX = { index: true, year: true }; // filters that are of an index as a whole
const BAR = "¦¦"; // between title, text and what is not to be shown

// Words

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đðĐÐ]/gu, "d").toLowerCase();
const pieces = (text) => text.normalize("NFC").match(/[\p{L}\p{M}\p{N}]+/gu) || [];
const bare = (text = "") => text.replaceAll(DOT, "");
const hasMarks = (text) => plain(text) !== text.toLowerCase();

// As search_text.py writes the words of the indexes: a plural as its singular, numbers without the
// zeros they begin with.
function stem(word) {
  if (/^[a-z]{3,}ies$/u.test(word)) return `${word.slice(0, -3)}y`;
  return word.replace(/^([a-z]{3,}(?:ss|x|ch|sh))es$|^([a-z]{3,}[a-hj-rtv-z])s$/u, "$1$2");
}

const joined = (pieces) => (pieces.length > 1 ? pieces.map((piece) => piece.replace(/^0+(?=\d)/u, "")) : pieces).join(DOT);

// What nearly every text has tells nothing in a longer query, and is the most to load.
const COMMON = new Set(
  ("và của các có là cho với về trong được những này đó từ tại một đã sẽ khi để theo ở "
  + "va cua cac cho voi trong duoc nhung nay tai "
  + "the of and in to on for a an at by with").split(" "),
);

function telling(asked) {
  const rest = asked.filter(({ word }) => !COMMON.has(word));
  return rest.length > 1 ? rest : asked;
}

// What a query asks for: words, and numbers of documents as one word. `whole` ones end here.
function terms(query) {
  return query.trim().split(/\s+/u).flatMap((token) => {
    const words = pieces(token.toLowerCase());
    return words.length > 1 && /\p{N}/u.test(token) ? [DOT + joined(words)] : words.map(stem);
  }).map((word) => ({ word, whole: true }));
}

// Every word as it is; then the last as the beginning of one.
function attempts(query) {
  const asked = telling(terms(query));
  const last = asked.at(-1);
  return last ? [asked, [...asked.slice(0, -1), { ...last, whole: false }]] : [asked];
}

const written = ({ word, whole }) => word + (whole ? DOT : "");

// Looking up

const engines = new Map();
let renewed = 0; // a browser may keep it in mind that a script did not come

// One that finds words whatever their marks, and one that finds only those with the same.
function engine(exact) {
  if (!engines.has(exact)) {
    const starting = start(exact, form.dataset.indexes.trim().split(" ").filter(Boolean));
    engines.set(exact, starting);
    starting.catch(() => {
      if (engines.get(exact) === starting) engines.delete(exact);
      renewed += 1;
    });
  }
  return engines.get(exact);
}

// What failed may work another time, but not what has kept the failure.
function renew() {
  for (const old of engines.values()) old.then(({ end }) => end(), () => {});
  engines.clear();
  renewed += 1;
}

async function start(exact, paths, missing = []) {
  const pagefind = await import(new URL(`pagefind.js${renewed ? `?${renewed}` : ""}`, folder));
  const ranking = {
    diacriticSimilarity: 0,
    metaWeights: { title: 4, kind: 0.2, date: 0.2 },
  };
  const settings = { baseUrl: "/", ranking, exactDiacritics: exact };
  const lookup = pagefind.createInstance({ basePath: folder.pathname, ...settings, mergeFilter: { index: "." } });
  await lookup.init();
  // Where Pagefind cannot run it says so only when it is asked for something; merging would wait for ever.
  await lookup.options({ ranking }).catch((error) => {
    lookup.destroy();
    throw error;
  });
  const merged = await Promise.allSettled(paths.map((path) => {
    const name = nameOf(path);
    return lookup.mergeIndex(new URL(path, location.href).pathname, { ...settings, mergeFilter: { index: name, year: name.slice(0, 4) } });
  }));
  const lost = paths.filter((_, at) => merged[at].status === "rejected");
  if (lost.length) {
    // An index that failed would fail every query.
    lookup.destroy();
    return start(exact, paths.filter((path) => !lost.includes(path)), [...missing, ...lost.map(nameOf)]);
  }
  return {
    search: (words, options) => lookup.search(words, options),
    load: once(() => lookup.filters()),
    end: () => lookup.destroy(),
    where: new Map(),
    missing,
  };
}

const nameOf = (path) => path.split("/").at(-2);

function once(work) {
  let result;
  return () => (result ??= work());
}

// The indexes that have a word. Pagefind would leave out a word an index does not have, and find
// what has the others.
function places(lookup, term) {
  const word = written(term);
  if (!lookup.where.has(word)) {
    const counted = lookup.search(word, {}).then(({ filters }) => Object.entries(filters.index || {}).filter(([, count]) => count).map(([name]) => name));
    lookup.where.set(word, counted);
  }
  return lookup.where.get(word);
}

async function common(lookup, asked) {
  const all = await Promise.all(asked.map((term) => places(lookup, term)));
  return all.reduce((some, names) => some.filter((name) => names.includes(name)));
}

// Of the pages of names found, those whose name is what was asked for. Only of the few best is it
// looked up.
async function named(results, query) {
  const same = (text) => pieces(plain(text)).join(" ");
  const few = results.filter(({ id }) => id.startsWith(UNDATED)).sort((one, other) => other.score - one.score).slice(0, FEW_NAMES);
  const pages = await Promise.all(few.map(async (result) => [result.id, (await result.data()).meta.title]));
  return new Set(pages.filter(([, title]) => same(bare(title)) === same(query)).map(([id]) => id));
}

// What is found: results, how many there are of each choice, and what was asked in the end. Where
// the query has marks, what has the same comes first, and all else only if that is little.
async function find(want) {
  const exact = hasMarks(want.query);
  const outcome = await findWith(await engine(exact), want, new Set());
  if (!exact || outcome.results.length >= LITTLE) return outcome;
  const same = new Set(outcome.results.map(({ result }) => result.id));
  return findWith(await engine(false), want, same);
}

async function findWith(lookup, { query, chosen, sort }, first) {
  let asked = [];
  let limits = [];
  if (query.trim()) {
    for (asked of attempts(query)) {
      const having = asked.length ? await common(lookup, asked) : [];
      limits = [any("index", having.length ? having : ["none"])];
      if (having.length && (asked.length === 1 || (await lookup.search(text(asked), { filters: { all: limits } })).results.length)) break;
    }
  }
  const words = query.trim() ? text(asked) : null;
  // All of what is chosen, but of the filter `free`.
  const filters = (free) => ({ all: [...limits, ...Object.entries(chosen).filter(([name]) => name !== free).map(([name, values]) => any(name, values))] });
  const answer = await lookup.search(words, { filters: filters() });
  const exactly = words && !sort ? await named(answer.results, query) : new Set();
  const results = ranked(answer.results, asked.length, first, exactly, sort || (words ? "" : "date"));
  const counts = async () => {
    await lookup.load();
    const whole = lookup.search(words, { filters: filters() });
    const all = await Promise.all(names.map(async (name) => {
      // Of a filter that is set, what its other choices would give.
      const own = await (chosen[name] ? lookup.search(words, { filters: filters(name) }) : whole);
      return [name, countsOf(own.filters, name)];
    }));
    return Object.fromEntries(all);
  };
  return { results, asked, counts, missing: lookup.missing };
}

const any = (name, values) => ({ any: values.map((value) => (name in OF_INDEX ? { [name]: value } : { in: `${name}:${value}` })) });

function countsOf(filters, name) {
  if (name in OF_INDEX) return filters[name] || {};
  const own = Object.entries(filters.in || {}).filter(([value]) => value.startsWith(`${name}:`));
  return Object.fromEntries(own.map(([value, count]) => [value.slice(name.length + 1), count]));
}

const text = (asked) => asked.map(written).join(" ");

// Pages in `exactly` come first, then meetings; of these the ones in `first`, and those whose words
// stand side by side before those that have them here and there. Then come other names.
function ranked(results, asked, first, exactly, sort) {
  const scored = results.map((result) => ({
    result,
    day: result.id.slice(0, 10),
    place: exactly.has(result.id) ? 2 : result.id.startsWith(UNDATED) ? 0 : 1,
    rank: first.has(result.id) ? 1 : 0,
    score: result.score * together(result.words, asked),
  }));
  const byScore = (one, other) => other.place - one.place || other.rank - one.rank || other.score - one.score || (one.day < other.day ? 1 : -1);
  const byDay = (one, other) => (one.day === other.day ? byScore(one, other) : one.day < other.day ? 1 : -1);
  return scored.sort(sort === "date" ? byDay : byScore).map(({ result, day }) => ({ result, day }));
}

function together(places, asked) {
  if (asked < 2) return 1;
  const sorted = [...new Set(places)].sort((one, other) => one - other);
  let longest = 1;
  for (let at = 1, run = 1; at < sorted.length; at += 1) {
    run = sorted[at] === sorted[at - 1] + 1 ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return 1 + (3 * (Math.min(longest, asked) - 1)) / (asked - 1);
}

// Passages

// How well a word of a text is what was asked for: 0, 1, or 2 with the same marks.
function likeness(word, asked) {
  const low = joined(pieces(word)).toLowerCase();
  const unmarked = plain(low);
  let best = 0;
  for (const term of asked) {
    const isNumber = term.word.startsWith(DOT);
    const wanted = isNumber ? term.word.slice(1) : term.word;
    // Of a number its beginning is enough, piece by piece.
    const is = (text, wanted) => {
      if (!term.whole) return text.startsWith(wanted);
      return isNumber ? `${text}${DOT}`.startsWith(`${wanted}${DOT}`) : text.split(DOT).some((piece) => stem(piece) === wanted);
    };
    if (is(low, wanted)) best = 2;
    else if (is(unmarked, plain(wanted))) best = Math.max(best, 1);
  }
  return best;
}

function marked(target, words, asked) {
  target.replaceChildren();
  words.forEach((word, at) => {
    const [, before, inner, after] = word.match(/^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su);
    if (at) target.append(" ");
    if (!likeness(word, asked)) return target.append(word);
    const mark = document.createElement("mark");
    mark.textContent = inner;
    target.append(before, mark, after);
  });
}

function passage(words, asked) {
  const weights = words.map((word) => likeness(word, asked));
  // Words side by side weigh more.
  const worth = weights.map((weight, at) => weight * (weight && weights[at - 1] ? 3 : 1));
  let sum = 0;
  let best = 0;
  let start = 0;
  worth.forEach((weight, at) => {
    sum += weight - (worth[at - PASSAGE] || 0);
    if (sum > best) [best, start] = [sum, Math.max(0, at - PASSAGE + 1)];
  });
  const first = weights.findIndex((weight, at) => weight && at >= start);
  // Some words before the first, if it is not near the beginning anyway.
  start = Math.max(0, Math.min(start, words.length - PASSAGE), first > 6 ? Math.min(first - 6, words.length - PASSAGE) : 0);
  const part = words.slice(start, start + PASSAGE);
  if (start) part.unshift("…");
  if (start + PASSAGE < words.length) part.push("…");
  return part;
}

// Showing

let shown = [];
let turn = 0;

function address(raw) {
  return new URL(raw.replace(/^\//u, ""), root);
}

async function hit({ result, day }, asked) {
  const data = await result.data();
  const item = document.getElementById("hit").content.cloneNode(true);
  const [title, body = ""] = bare(data.content).split(BAR).map((part) => part.replace(/^[\s.]+|[\s]+$/gu, ""));
  const link = item.querySelector("a");
  const path = data.raw_url || data.url;
  link.href = address(path);
  const name = bare(data.meta.title || title);
  marked(link, name.split(/\s+/u), asked);
  item.querySelector(".kind").textContent = bare(data.meta.kind);
  const date = item.querySelector(".date");
  if (data.meta.date) {
    const time = document.createElement("time");
    time.dateTime = day;
    time.textContent = bare(data.meta.date);
    date.append(time);
  } else date.remove();
  const { original, home } = form.dataset;
  const foreign = original && !path.replace(/^\//u, "").startsWith(home);
  if (foreign) link.lang = item.querySelector(".summary").lang = original;
  marked(item.querySelector(".summary"), passage(body.split(/\s+/u).filter(Boolean), asked), asked);
  return item;
}

async function show(outcome, count, mine) {
  const items = await Promise.all(outcome.results.slice(shown.length, count).map((each) => hit(each, outcome.asked)));
  if (mine !== turn) return;
  list.append(...items);
  shown = outcome.results.slice(0, count);
  more.hidden = outcome.results.length <= count;
}

function counted(count) {
  const { none, one, many } = status.dataset;
  return count === 0 ? none : count === 1 ? one : many.replace("{count}", count.toLocaleString(language));
}

function say(count, missing) {
  const years = [...new Set(missing.map((name) => name.slice(0, 4)))].join(", ");
  status.textContent = years ? `${counted(count)} · ${status.dataset.missing.replace("{years}", years)}` : counted(count);
}

function choices(counts, chosen) {
  const inUse = Object.values(chosen).flat();
  form.querySelector(".chosen").textContent = inUse.length ? `(${inUse.length})` : "";
  form.querySelector(".reset").hidden = !inUse.length;
  const focused = document.activeElement;
  for (const group of groups) {
    const { filter } = group.dataset;
    const on = chosen[filter] || [];
    const all = Object.entries({ ...Object.fromEntries(on.map((value) => [value, 0])), ...counts[filter] });
    const some = all.filter(([value, count]) => count || on.includes(value));
    const newest = filter === "year";
    some.sort((one, other) => on.includes(other[0]) - on.includes(one[0]) || (newest ? other[0].localeCompare(one[0]) : other[1] - one[1] || one[0].localeCompare(other[0], language)));
    const items = some.map(([value, count], at) => {
      const item = document.getElementById("choice").content.cloneNode(true);
      const box = item.querySelector("input");
      box.name = filter;
      box.value = value;
      box.checked = on.includes(value);
      item.querySelector("span").textContent = value;
      item.querySelector("b").textContent = count.toLocaleString(language);
      item.querySelector(".unseen").textContent = counted(count);
      item.firstElementChild.hidden = at >= FEW && !group.hasAttribute("data-all");
      return item;
    });
    const kept = focused && group.contains(focused) && focused.matches("input") ? focused.value : null;
    group.querySelector("ul").replaceChildren(...items);
    group.querySelector("button").hidden = some.length <= FEW || group.hasAttribute("data-all");
    group.hidden = !some.length;
    if (kept !== null) [...group.querySelectorAll("input")].find((box) => box.value === kept)?.focus();
  }
}

// The address

function asked() {
  const chosen = {};
  for (const name of names) {
    const values = wishes.getAll(name);
    if (values.length) chosen[name] = values;
  }
  return { query: wishes.get("q") || "", sort: wishes.get("sort") === "date" ? "date" : "", chosen };
}

let wishes = new URLSearchParams(location.search);
let typing = false;

// What is in the form becomes the address; all that is typed in one go is one step back.
function wish(change, isTyping = false) {
  const next = new URLSearchParams(wishes);
  change(next);
  for (const [name, value] of [...next]) if (!value) next.delete(name);
  if (next.toString() === wishes.toString()) {
    typing &&= isTyping;
    return;
  }
  wishes = next;
  const url = `${location.pathname}${next.size ? `?${next}` : ""}`;
  history[isTyping && typing ? "replaceState" : "pushState"]({ count: AT_ONCE }, "", url);
  typing = isTyping;
  search();
}

// The other languages are asked the same; names of filters are others there, but not years.
function switches({ query, sort, chosen }) {
  const same = new URLSearchParams([["q", query], ["sort", sort], ...(chosen.year || []).map((year) => ["year", year])].filter(([, value]) => value));
  for (const link of document.querySelectorAll(".languages a[hreflang]")) link.search = same;
}

// Whether the last search failed, or left something out.
let broken = false;

async function search(count = AT_ONCE) {
  const mine = (turn += 1);
  const want = asked();
  const asking = want.query.trim() || Object.keys(want.chosen).length;
  found.hidden = !asking;
  form.querySelector("#query-hint").hidden = Boolean(asking);
  // Without a query there is no best match: what is newest comes first.
  order.disabled = !want.query.trim();
  order.value = order.disabled ? "date" : want.sort;
  switches(want);
  if (!asking) return;
  const tell = (name) => { status.textContent = status.dataset[name]; };
  // What is slow may still come; of some failures a browser says nothing.
  const patience = [setTimeout(tell, 300, "waiting"), setTimeout(() => {
    tell("failed");
    broken = true;
  }, TOO_LONG)];
  try {
    const outcome = await find(want);
    if (mine !== turn || !(await present(outcome, count, mine))) return;
    patience.forEach(clearTimeout);
    broken = outcome.missing.length > 0;
    const counts = await outcome.counts();
    if (mine === turn) choices(counts, want.chosen);
  } catch (error) {
    if (mine !== turn) return;
    renew();
    broken = true;
    list.replaceChildren();
    more.hidden = true;
    tell("failed");
    console.error(error);
  } finally {
    patience.forEach(clearTimeout);
  }
}

// Show what was found; false if something else is asked for by now.
async function present(outcome, count, mine) {
  const results = outcome.results.slice(0, count);
  const items = await Promise.all(results.map((each) => hit(each, outcome.asked)));
  if (mine !== turn) return false;
  list.replaceChildren(...items);
  shown = results;
  more.hidden = outcome.results.length <= count;
  more.onclick = () => {
    const next = shown.length;
    show(outcome, next + AT_ONCE, mine).then(() => {
      history.replaceState({ count: next + AT_ONCE }, "");
      list.children[next]?.querySelector("a").focus();
    });
  };
  say(outcome.results.length, outcome.missing);
  return true;
}

function fill() {
  wishes = new URLSearchParams(location.search);
  field.value = wishes.get("q") || "";
  typing = false;
  search(history.state?.count);
}

// What people do

let pause;

field.addEventListener("focus", () => engine(hasMarks(field.value)).catch(() => {}), { once: true });
field.addEventListener("input", (event) => {
  clearTimeout(pause);
  // A letter that is still being put together may be another in a moment.
  if (event.isComposing) return;
  pause = setTimeout(() => wish((next) => next.set("q", field.value), true), PAUSE);
});
field.addEventListener("compositionend", () => field.dispatchEvent(new Event("input")));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(pause);
  const before = turn;
  wish((next) => next.set("q", field.value));
  typing = false;
  if (!broken || turn !== before) return;
  // The same once more.
  renew();
  search();
});
form.addEventListener("change", (event) => {
  if (event.target === order) wish((next) => next.set("sort", order.value));
  const { filter } = event.target.closest(".facet")?.dataset || {};
  if (!filter) return;
  const values = [...form.querySelectorAll(`.facet input[name="${filter}"]:checked`)].map((box) => box.value);
  wish((next) => {
    next.delete(filter);
    values.forEach((value) => next.append(filter, value));
  });
});
for (const group of groups) {
  group.querySelector("button").addEventListener("click", () => {
    group.setAttribute("data-all", "");
    const hidden = [...group.querySelectorAll("li[hidden]")];
    hidden.forEach((item) => { item.hidden = false; });
    group.querySelector("button").hidden = true;
    hidden[0]?.querySelector("input").focus();
  });
}
form.querySelector(".reset").addEventListener("click", () => {
  wish((next) => names.forEach((name) => next.delete(name)));
  field.focus();
});
form.addEventListener("keydown", (event) => {
  const links = [...list.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" && at >= 0) field.focus();
  if (!step || (at < 0 && document.activeElement !== field) || (at < 0 && step < 0)) return;
  event.preventDefault();
  (links[at + step] || (at + step < 0 ? field : links[at]))?.focus();
});
addEventListener("popstate", fill);

// On a narrow screen the filters would hide what was found.
facets.open = matchMedia("(min-width: 66em)").matches;
form.hidden = false;
fill();
if (!field.value) field.focus({ preventScroll: true });
