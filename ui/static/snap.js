// The slider goes from schedule to schedule: by hand to the nearest one, by arrow keys to the next. A typed number stays as it is.
(function () {
  const tc = window.teacache;
  const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 };
  const ours = (event) => event.target.closest && event.target.closest("#tc-threshold input");

  // Before Gradio reads the value: capture comes first. Only a person's hand is snapped, not a program's value.
  document.addEventListener(
    "input",
    (event) => {
      const range = ours(event);
      if (range && range.type === "range" && event.isTrusted) range.value = String(tc.snapped(Number(range.value)));
    },
    true,
  );
  document.addEventListener(
    "keydown",
    (event) => {
      const direction = KEYS[event.key];
      if (!direction || !ours(event)) return;
      if (event.target.type === "number" && /Left|Right/.test(event.key)) return; // the caret's own
      event.preventDefault();
      event.stopPropagation();
      tc.neighbour(direction);
    },
    true,
  );
})();
