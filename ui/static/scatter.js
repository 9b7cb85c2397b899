// A small scatter plot whose dots can be chosen: by pointer, or with the arrow keys and Enter. Draws; knows nothing of runs.
(function () {
  const tc = window.teacache;
  const NS = "http://www.w3.org/2000/svg";
  const TICKS = 6;
  const BOX = { width: 264, height: 182, left: 36, right: 8, top: 22, bottom: 30 };

  tc.shape = (name, attributes, ...children) => {
    const node = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (value !== null && value !== undefined) node.setAttribute(key, value);
    }
    node.append(...children.filter(Boolean));
    return node;
  };
  const shape = tc.shape;

  function axes(at, end, labels, format) {
    const parts = [];
    for (const value of tc.ticks(end.y, TICKS).map((v) => v + (end.y0 || 0))) {
      const y = at.y(value);
      parts.push(shape("line", { class: "grid", x1: BOX.left, x2: BOX.width - BOX.right, y1: y, y2: y }));
      parts.push(shape("text", { x: BOX.left - 5, y: y + 4, "text-anchor": "end" }, format(value)));
    }
    for (const value of tc.ticks(end.x, TICKS).map((v) => v + (end.x0 || 0))) parts.push(shape("text", { x: at.x(value), y: BOX.height - 17, "text-anchor": "middle" }, format(value)));
    parts.push(shape("text", { x: BOX.width - BOX.right, y: BOX.height - 3, "text-anchor": "end" }, labels[0]));
    parts.push(shape("text", { x: 0, y: 10 }, labels[1]));
    return parts;
  }
  const scale = (end) => ({
    x: (v) => BOX.left + ((v - (end.x0 || 0)) / end.x) * (BOX.width - BOX.left - BOX.right),
    y: (v) => BOX.height - BOX.bottom - ((v - (end.y0 || 0)) / end.y) * (BOX.height - BOX.top - BOX.bottom),
  });

  // points: [{x, y, from?, name, kind?}]; labels: [x, y]; end: {x, y, x0?, y0?} spans and starts of the axes; diagonal: draw x = y.
  // onpick(index) when a dot is chosen, onpoint(index | null) when one is looked at.
  tc.scatter = ({ points, labels, end, diagonal, onpick, onpoint, name, format = tc.delta }) => {
    const at = scale(end);
    const dots = points.map((p, i) =>
      shape("circle", { class: "dot " + (p.kind || ""), cx: at.x(p.x), cy: at.y(p.y), r: p.r || 4, "data-tip": p.name, "data-i": i }));
    const arrows = points.filter((p) => p.from !== undefined).map((p) => shape("line", { class: "moved", x1: at.x(p.from), x2: at.x(p.x), y1: at.y(p.y), y2: at.y(p.y) }));
    const low = Math.max(end.x0 || 0, end.y0 || 0);
    const high = Math.min((end.x0 || 0) + end.x, (end.y0 || 0) + end.y);
    const line = diagonal ? shape("line", { class: "diagonal", x1: at.x(low), y1: at.y(low), x2: at.x(high), y2: at.y(high) }) : null;
    const svg = shape("svg", { class: "tc-scatter", viewBox: `0 0 ${BOX.width} ${BOX.height}`, tabindex: 0, role: "group", "aria-label": name }, ...axes(at, end, labels, format), line, ...arrows, ...dots);
    let looked = null;
    const look = (i) => {
      looked = i;
      dots.forEach((dot, j) => dot.classList.toggle("looked", j === i));
      if (i !== null) svg.setAttribute("aria-label", name + ": " + points[i].name);
      if (onpoint) onpoint(i);
    };
    // The nearest dot counts: a dot of four pixels is hard to hit.
    const nearest = (event) => {
      const box = svg.getBoundingClientRect();
      const zoom = BOX.width / box.width;
      const [x, y] = [(event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom];
      const far = points.map((p) => Math.hypot(at.x(p.x) - x, at.y(p.y) - y));
      const best = far.indexOf(Math.min(...far));
      return far[best] < 16 ? best : null;
    };
    svg.addEventListener("pointermove", (e) => nearest(e) !== looked && look(nearest(e)));
    svg.addEventListener("pointerleave", () => look(null));
    svg.addEventListener("click", (e) => nearest(e) !== null && (look(nearest(e)), onpick && onpick(nearest(e))));
    const order = points.map((_, i) => i).sort((a, b) => points[a].x - points[b].x);
    svg.addEventListener("keydown", (e) => {
      const move = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[e.key];
      if (move) {
        e.preventDefault();
        look(order[(order.indexOf(looked) + move + order.length + (looked === null && move < 0 ? 1 : 0)) % order.length]);
      } else if ((e.key === "Enter" || e.key === " ") && looked !== null) {
        e.preventDefault();
        onpick && onpick(looked);
      }
    });
    svg.mark = (i, kind) => dots[i].classList.add(kind);
    return svg;
  };
})();
