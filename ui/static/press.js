// Run and Stop tell whether they can be pressed, to eyes, ears and keys alike. aria-disabled, not disabled: who pressed Run by key
// would lose the place on the page.
(function () {
  const tc = window.teacache;
  const body = document.body.classList;
  const POSSIBLE = {
    "tc-run": () => !tc.busy() && !body.contains("tc-cannot"),
    "tc-stop": tc.busy,
  };
  function tell() {
    for (const [id, possible] of Object.entries(POSSIBLE)) document.getElementById(id)?.setAttribute("aria-disabled", String(!possible()));
  }
  let again = false; // Run was pressed while the run before was still ending
  tc.on("stopped", () => (again = false));
  tc.on("free", () => {
    if (again) document.getElementById("tc-run").click();
    again = false;
  });
  tc.on("view", tell);
  new MutationObserver(tell).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  addEventListener(
    "click",
    (event) => {
      const button = event.target.closest && event.target.closest("#tc-run, #tc-stop");
      if (!button) return;
      const possible = POSSIBLE[button.id]();
      const { ending } = tc.now; // then Gradio is to hear nothing
      if (ending || !(possible || again)) event.stopImmediatePropagation();
      if (!possible) return;
      if (button.id === "tc-run") {
        again = ending;
        tc.expecting(); // Gradio calls teacache.starting a little later; a second press must not come between
      } else if (ending) tc.stopping();
    },
    true,
  );
})();
