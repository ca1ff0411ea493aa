// What a page can do only with a script: be saved as one file, be printed from a button, say on
// paper when it was retrieved. Everything else works without.

const page = document.documentElement;

function retrieved(note) {
  const forms = { vi: { day: "2-digit", month: "2-digit", year: "numeric" } };
  const form = forms[page.lang] || { day: "numeric", month: "short", year: "numeric" };
  const day = new Date().toLocaleDateString(page.lang === "en" ? "en-GB" : page.lang, form);
  note.textContent = note.textContent.replace("…", day);
  note.hidden = false;
}

async function loaded(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer;
}

async function asData(address) {
  const blob = await (await loaded(address)).blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

// A copy of the page that needs no other file: styles and pictures inside, links with full addresses,
// and without what would do nothing there.
async function wholePage() {
  const copy = page.cloneNode(true);
  const all = (selector) => [...copy.querySelectorAll(selector)];
  for (const element of all("script, noscript, meta[http-equiv], link:not([rel=stylesheet], [rel=canonical]), .skip, .finding, .languages, .sections, [data-tools]")) {
    element.remove();
  }
  for (const link of all("link[rel=stylesheet]")) {
    const style = document.createElement("style");
    style.textContent = await (await loaded(link.href)).text();
    link.replaceWith(style);
  }
  for (const source of all("picture > source")) source.remove();
  for (const picture of all("img")) {
    const shown = [...document.images].find((image) => image.getAttribute("src") === picture.getAttribute("src"));
    const address = (shown && shown.currentSrc) || picture.src;
    for (const name of ["srcset", "sizes", "loading"]) picture.removeAttribute(name);
    picture.src = await asData(address);
  }
  for (const link of all("a[href]")) {
    if (!link.getAttribute("href").startsWith("#")) link.setAttribute("href", link.href);
  }
  for (const note of all(".print-only")) note.classList.remove("print-only");
  return `<!doctype html>\n${copy.outerHTML}`;
}

async function save(button, status) {
  button.disabled = true;
  status.textContent = "";
  try {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([await wholePage()], { type: "text/html" }));
    link.download = `${location.pathname.split("/").filter((part) => part && part !== "index.html").pop()}.html`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  } catch {
    // Half an article would pass for a whole one.
    status.textContent = status.dataset.failed;
  } finally {
    button.disabled = false;
  }
}

for (const note of document.querySelectorAll("[data-retrieved]")) retrieved(note);
for (const note of document.querySelectorAll("[data-address]:empty")) note.textContent = location.href.split("#")[0];
for (const tools of document.querySelectorAll("[data-tools]")) {
  const button = tools.querySelector("[data-save]");
  // A page opened from a disk may read no other file.
  if (location.protocol === "file:") button.remove();
  else button.addEventListener("click", () => save(button, tools.querySelector("[role=status]")));
  tools.querySelector("[data-print]").addEventListener("click", () => print());
  tools.classList.add("ready");
}
// A link to a part of the page it stands on would leave the menu over it.
document.getElementById("sections")?.addEventListener("click", (event) => {
  if (event.target.closest("a") && event.currentTarget.matches(":popover-open")) event.currentTarget.hidePopover();
});
