// Under the videos: how near every frame of TeaCache's clip came to the uncached one. A click goes to that frame.
(function () {
  const tc = window.teacache;
  const [LOW, HIGH] = [10, 60]; // dB; from nothing in common to no visible difference

  const IDENTICAL = 99.5; // dB; the server says 100 for frames that are equal

  // Sets the player's own scrub, as a hand would.
  tc.seekFrame = (frame) => {
    const scrub = document.querySelector(".tc-transport input[type=range]");
    if (!scrub) return;
    scrub.value = String(frame);
    scrub.dispatchEvent(new Event("input", { bubbles: true }));
  };

  let host = null;
  let drawn = "";
  function ensure() {
    const transport = document.querySelector(".tc-transport");
    if (host && host.isConnected) return true;
    if (!transport) return false;
    host = tc.el("div", { class: "tc-frames" });
    transport.before(host);
    const count = document.querySelector(".tc-count");
    new MutationObserver(() => mark(parseInt(count.textContent, 10) - 1)).observe(count, { childList: true, characterData: true, subtree: true });
    drawn = "";
    return true;
  }
  function mark(frame) {
    host.querySelectorAll("button").forEach((bar, i) => bar.classList.toggle("here", i === frame));
  }
  function draw() {
    const view = tc.now.run && tc.view();
    if (!view || !ensure()) return;
    const facts = tc.facts();
    const psnr = facts && facts.run === view.run.run && view.kind !== "live" && !tc.now.pair ? facts.psnr : []; // a pair has no uncached clip
    const key = view.run.run + psnr.length;
    if (key === drawn) return;
    drawn = key;
    host.classList.toggle("none", psnr.length < 2);
    if (psnr.length < 2) return host.replaceChildren();
    const worst = psnr.indexOf(Math.min(...psnr));
    const same = psnr[worst] > IDENTICAL;
    const bar = (value, i) => {
      const name = tc.t("frame_psnr", { i: i + 1, db: tc.fixed(value, 1) });
      const height = 15 + 85 * Math.min(1, Math.max(0, (value - LOW) / (HIGH - LOW)));
      return tc.el("button", { type: "button", tabindex: i ? -1 : 0, class: i === worst && !same ? "worst" : "", "data-tip": name, "aria-label": name, onclick: () => tc.seekFrame(i) }, tc.el("i", { style: `height:${height.toFixed(0)}%` }));
    };
    const bars = tc.el("div", { class: "tc-frame-bars", role: "group", "aria-label": tc.t("frames_title") }, ...psnr.map(bar));
    bars.addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!move) return;
      event.preventDefault();
      const all = [...bars.children];
      all[(all.indexOf(document.activeElement) + move + all.length) % all.length].focus();
    });
    host.replaceChildren(tc.term("frames_title"), bars, tc.el("span", { class: "tc-note" }, tc.t(same ? "frames_same" : "frames_worst", { i: worst + 1, db: tc.fixed(psnr[worst], 1) })));
  }
  tc.on("view", draw);
  tc.on("facts", draw);
  tc.on("pair", draw);
})();
