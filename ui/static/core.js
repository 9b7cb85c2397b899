// The one namespace of the page, with what every part needs: texts, numbers, elements, tooltips, and the shared view.
(function () {
  const tc = (window.teacache = window.teacache || {});
  const tables = window.teacacheTexts || { en: {} };
  const wanted = (navigator.languages || [navigator.language || "en"]).map((l) => l.slice(0, 2).toLowerCase());
  tc.language = window.teacacheLanguage || wanted.find((l) => tables[l]) || "en"; // a report is written in one
  if (!window.teacacheLanguage) document.documentElement.lang = tc.language;

  // Performance log: when a state came in and when it was on screen (performance.now()); bounded, read by benchmarks.
  window.teacachePaints = [];
  tc.logPaint = (entry) => {
    window.teacachePaints.push(entry);
    if (window.teacachePaints.length > 500) window.teacachePaints.shift();
  };

  tc.t = (key, values = {}) => {
    const text = tables[tc.language][key] ?? tables.en[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  };

  // A branch by its word; a pipeline that names none gives "call0" and the like.
  tc.branch = (name, kind = "branch_") => tables[tc.language][kind + name] ?? name;
  // A sentence of the server's, which comes in every language.
  tc.said = (sentence) => sentence[tc.language] ?? sentence.en;

  // One format for each number of digits: toLocaleString makes a new one at every call, which took half of a redraw.
  const formats = new Map();
  function written(value, digits) {
    const key = JSON.stringify(digits);
    if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(tc.language, { ...digits, useGrouping: false }));
    return formats.get(key).format(value);
  }

  // Numbers as a person reads them: three significant digits, never "1e-5" where 0 would do.
  tc.num = (value, digits = 3) => {
    if (value === null || value === undefined || !isFinite(value)) return "–";
    if (value === 0) return "0";
    const size = Math.abs(value);
    if (size < 0.0005) return value.toExponential(1);
    return written(value, { minimumSignificantDigits: digits, maximumSignificantDigits: digits });
  };
  // A threshold, without zeros that say nothing.
  tc.delta = (value) => written(Number(value.toPrecision(3)), { maximumSignificantDigits: 3 });
  tc.fixed = (value, places) =>
    value === null || value === undefined || !isFinite(value)
      ? "–"
      : written(value, { minimumFractionDigits: places, maximumFractionDigits: places });

  // A speedup that may be shown: where the machine was disturbed, what the calls say instead of the clock, marked.
  tc.speed = (of) => (of.disturbed ? of.byMedians : of.measured);
  tc.speedText = (of) => (tc.speed(of) ? (of.disturbed ? "≈" : "") + tc.fixed(tc.speed(of), 2) + "×" : "–");

  // The server says 100 dB of what is equal.
  const IDENTICAL = 99.5;
  tc.identical = (psnr) => psnr > IDENTICAL;
  tc.psnr = (value) => (tc.identical(value) ? tc.t("history_identical") : value === null || value === undefined ? "–" : tc.fixed(value, 1) + " dB");
  // The one figure in decibels that a clip (PSNR) or a sound (SNR) is ranked by; null where there is none.
  tc.decibels = ({ psnr, sound }) => (sound ? sound.snr : psnr ?? null);
  // The names of the two figures of nearness, and the figures as they are written.
  tc.nearness = ({ psnr, ssim, sound }) =>
    sound ? { names: ["snr", "lsd"], texts: [tc.psnr(sound.snr), tc.fixed(sound.log_spectral, 2) + " dB"] } : { names: ["psnr", "ssim"], texts: [tc.psnr(psnr), ssim ? tc.ssim(ssim) : "–"] };
  // Only what is identical may look identical.
  tc.ssim = (value) => tc.fixed(value < 1 ? Math.min(value, 0.9999) : 1, value >= 0.9995 && value < 1 ? 4 : 3);

  // el("div", {class: "x", onclick: f}, "text", child): made with the DOM, so that a prompt can never become markup.
  tc.el = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((c) => c !== null && c !== undefined));
    return node;
  };
  // What Gradio draws comes when it comes, some of it never; `f` is called as soon as it is there, before it is seen. All lies within
  // `#id`, which is looked up in no time: the whole page was searched after every change of it.
  tc.whenThere = (id, within, f) => {
    const look = () => {
      const part = document.getElementById(id);
      return part && (!within || part.querySelector(within)) && (watch.disconnect(), f(), true);
    };
    const watch = new MutationObserver(look);
    if (!look()) watch.observe(document.body, { childList: true, subtree: true });
  };
  // A word with an explanation on hover and on focus.
  tc.term = (key, tip = key + "_tip", tag = "span") =>
    tc.el(tag, { class: "tc-term", tabindex: 0, "data-tip": tc.t(tip) }, tc.t(key));

  const ICONS = {
    play: "M7 4v16l13-8z",
    pause: "M6 4h4v16H6zM14 4h4v16h-4z",
    back: "M18 5v14l-9-7zM6 5h2.5v14H6z",
    on: "M6 5v14l9-7zM15.500 5H18v14h-2.500z",
    prev: "M15 5l-7 7 7 7z",
    next: "M9 5l7 7-7 7z",
  };
  tc.icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  };

  // Parts tell each other about changes by name; there are few, so a list of functions will do.
  const listeners = {};
  tc.on = (name, f) => (listeners[name] = listeners[name] || []).push(f);
  tc.emit = (name, value) => (listeners[name] || []).forEach((f) => f(value));

  tc.dark = () => document.body.classList.contains("dark");
  tc.colour = (name) => getComputedStyle(document.body).getPropertyValue("--tc-" + name).trim();
  tc.reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  new MutationObserver(() => tc.emit("theme")).observe(document.body, { attributes: true, attributeFilter: ["class"] });

  // One tooltip for the page: Gradio's blocks clip what hangs out of them, this one is fixed to the window.
  let bubble = null;
  function show(target) {
    if (!bubble) document.body.append((bubble = tc.el("div", { class: "tc-tip", role: "tooltip", id: "tc-tip" })));
    bubble.textContent = target.dataset.tip;
    bubble.classList.add("on");
    target.setAttribute("aria-describedby", "tc-tip");
    const at = target.getBoundingClientRect();
    const own = bubble.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left + at.width / 2 - own.width / 2), innerWidth - own.width - 8);
    const above = at.top - own.height - 8;
    bubble.style.left = left + "px";
    bubble.style.top = (above > 8 ? above : at.bottom + 8) + "px";
  }
  const hide = () => bubble && bubble.classList.remove("on");
  const tipped = (event) => event.target.closest && event.target.closest("[data-tip]");
  document.addEventListener("mouseover", (e) => (tipped(e) ? show(tipped(e)) : hide()));
  document.addEventListener("focusin", (e) => (tipped(e) ? show(tipped(e)) : hide()));
  document.addEventListener("focusout", hide);
  document.addEventListener("scroll", hide, true);
  document.addEventListener("keydown", (e) => e.key === "Escape" && hide());

  // Parts register themselves; a gr.HTML component calls mount with what Gradio gives its js_on_load.
  tc.parts = {};
  tc.mount = (name, element, props, watch, trigger) => {
    const root = element.querySelector(".tc-root") || element;
    root.replaceChildren();
    const receive = tc.parts[name](root, { trigger });
    if (!receive) return;
    const update = () => props.value && receive(props.value);
    watch("value", update);
    update();
  };
})();
