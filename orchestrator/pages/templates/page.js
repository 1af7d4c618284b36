"use strict";
(() => {
  // Pan and zoom: the graph's viewBox, moved by pointer, wheel, buttons and keys.
  let whole = null, box = null;
  const canvas = () => document.getElementById("canvas");
  const svg = () => canvas().querySelector("svg");
  const show = () => svg().setAttribute("viewBox", box.join(" "));
  const fit = () => {
    whole = svg().getAttribute("viewBox").split(" ").map(Number);
    box = [...whole];
    const place = canvas().getBoundingClientRect(), legible = Math.max(600, place.width / 0.75);
    if (place.width && whole[2] > 1.6 * legible) {  // too small to read as a whole: begin at the left
      box = [0, whole[3] / 2 - (legible * place.height) / place.width / 2, legible, (legible * place.height) / place.width];
      show();
    }
  };
  const zoom = (factor, x = 0.5, y = 0.5) => {
    const width = Math.min(whole[2] * 2, Math.max(whole[2] / 40, box[2] * factor)), real = width / box[2];
    box = [box[0] + box[2] * (1 - real) * x, box[1] + box[3] * (1 - real) * y, width, box[3] * real];
    show();
  };
  const move = (x, y) => { box[0] += x * box[2]; box[1] += y * box[3]; show(); };

  const pointers = new Map();
  let dragged = 0;
  const wire = () => {
    fit();
    canvas().addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;  // a plain wheel scrolls the page
      event.preventDefault();
      const place = canvas().getBoundingClientRect();
      zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, (event.clientX - place.left) / place.width, (event.clientY - place.top) / place.height);
    }, { passive: false });
    canvas().addEventListener("pointerdown", (event) => { pointers.set(event.pointerId, event); dragged = 0; });
    canvas().addEventListener("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const place = canvas().getBoundingClientRect();
      const other = [...pointers.values()].find((one) => one.pointerId !== event.pointerId);
      if (other) {
        const gap = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
        zoom(gap(before) / gap(event));
      } else {
        const scale = Math.max(box[2] / place.width, box[3] / place.height);
        move(-(event.clientX - before.clientX) * scale / box[2], -(event.clientY - before.clientY) * scale / box[3]);
      }
      dragged += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
      pointers.set(event.pointerId, event);
    });
    for (const end of ["pointerup", "pointercancel", "pointerleave"])
      canvas().addEventListener(end, (event) => pointers.delete(event.pointerId));
    canvas().addEventListener("click", (event) => { if (dragged > 6) { event.preventDefault(); event.stopPropagation(); } }, true);
    canvas().addEventListener("dragstart", (event) => event.preventDefault());
    document.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => {
      if (button.dataset.zoom === "all") { box = [...whole]; show(); } else zoom(button.dataset.zoom === "in" ? 1 / 1.4 : 1.4);
    }));
    canvas().addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] }[event.key];
      if (step) move(...step);
      else if (event.key === "+" || event.key === "=") zoom(1 / 1.4);
      else if (event.key === "-") zoom(1.4);
      else if (event.key === "0") { box = [...whole]; show(); }
      else return;
      event.preventDefault();
    });
  };

  // A link to a task opens it.
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    target.scrollIntoView();
    (target.querySelector("summary") || target).focus({ preventScroll: true });
  };
  addEventListener("hashchange", open);
  addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) open();  // the same task a second time
  });

  // Printing shows what is folded.
  let folded = [];
  addEventListener("beforeprint", () => { const view = box; box = whole; show(); box = view; folded = [...document.querySelectorAll("details.task:not([open]), details.passed:not([open])")]; folded.forEach((one) => { one.open = true; }); });
  addEventListener("afterprint", () => { show(); folded.forEach((one) => { one.open = false; }); });

  // Served: the page follows the run.
  const follow = (run) => {
    let due = false, busy = false;
    const refresh = async () => {
      if (busy) { due = true; return; }
      busy = true;
      try {
        const answer = await fetch(location.pathname, { cache: "no-store" });
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        const opened = new Set([...document.querySelectorAll("details[open]")].map((one) => one.id));
        const typed = new Map([...document.querySelectorAll("[data-keep]")].map((one) => [one.id, one.value]));
        const typing = document.activeElement && document.activeElement.id;
        const view = box && [...box], before = whole && whole.join(" ");
        for (const part of ["header", "main"]) document.querySelector(part).replaceWith(fresh.querySelector(part));
        document.title = fresh.title;
        typed.forEach((value, id) => { const one = document.getElementById(id); if (one) one.value = value; });
        if (typed.has(typing)) { const one = document.getElementById(typing); if (one) one.focus({ preventScroll: true }); }
        opened.forEach((id) => { const one = id && document.getElementById(id); if (one) one.open = true; });
        wire();
        dispatchEvent(new Event("renewed"));
        if (view && whole.join(" ") === before) { box = view; show(); }
      } finally {
        busy = false;
        if (due) { due = false; setTimeout(refresh, 500); }
      }
    };
    const source = new EventSource(`/runs/${encodeURIComponent(run)}/events`);
    source.addEventListener("changed", refresh);
    const tick = setInterval(refresh, 5000);  // clocks go on where nothing happens
    source.addEventListener("finished", () => { source.close(); clearInterval(tick); refresh(); });
  };

  wire();
  open();
  if (document.body.dataset.live) follow(document.body.dataset.live);
})();
