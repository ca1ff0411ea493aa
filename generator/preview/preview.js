// The live preview in the browser. The server puts this script into every page it shows; what it
// says of the page stands in the script's own attributes. All else is in the modules beside it.

(() => {
  // Named here so that all are asked for at once, and not each when another turns out to need it.
  const modules = [
    "client",
    "page",
    "morphing",
    "idiomorph",
    "surroundings",
    "bar",
    "faults",
    "parts",
  ];
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { view = "editors", path = "", etag = "", status = "200" } = script.dataset;
  // From here on the document is what the build would have made: the theme's style sheets and
  // what comes later find nothing of the preview in it.
  script.remove();
  const styles = fetch(new URL("preview.css", script.src)).then((answer) => answer.text());
  Promise.all([styles, ...modules.map((name) => import(`./${name}.js`))]).then(([css, { start }]) =>
    start({ view, path, etag, status: Number(status) }, css),
  );
})();
