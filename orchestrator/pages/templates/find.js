"use strict";
(() => {
  // Find and filter: rows say what they are about in data attributes; without a script all are shown, and so are these controls not.
  const words = () => document.getElementById("find-text").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = (name) => document.getElementById(`find-${name}`).value;
  const fits = (row, text, wanted) =>
    Object.entries(wanted).every(([name, value]) => !value || (row.dataset[name] || "").split(" ").includes(value)) &&
    text.every((word) => row.textContent.toLowerCase().includes(word));
  let opened = [];
  const show = () => {
    const form = document.getElementById("find"), text = words();
    const wanted = { verdict: chosen("verdict"), group: chosen("group"), agent: chosen("agent") };
    const narrowed = text.length > 0 || Object.values(wanted).some(Boolean), counts = {};
    form.hidden = false;
    document.querySelectorAll("[data-row]").forEach((row) => {
      const kind = row.dataset.row, shown = fits(row, text, wanted);
      row.hidden = !shown;
      counts[kind] = counts[kind] || [0, 0];
      counts[kind][0] += shown;
      counts[kind][1] += 1;
    });
    document.querySelectorAll("[data-part]").forEach((part) => {
      const rows = [...part.querySelectorAll("[data-row]")];
      part.hidden = narrowed && rows.length > 0 && rows.every((row) => row.hidden);
      if (narrowed && part.tagName === "DETAILS" && !part.open) { part.open = true; opened.push(part); }
    });
    if (!narrowed) { opened.forEach((part) => { part.open = false; }); opened = []; }
    const told = narrowed ? Object.entries(counts).map(([kind, [some, all]]) => `${some} of ${all} ${kind}`).join(", ") : "";
    const output = document.getElementById("found");
    if (output.textContent !== told) output.textContent = told;
  };

  // Copy a command.
  const copied = async (button) => {
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch (refused) {  // where a page from disk may not: the old way
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };

  const wire = () => {
    document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
    const form = document.getElementById("find");
    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(show));
    show();
  };
  addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-copy]");
    if (button) copied(button);
  });
  addEventListener("renewed", wire);
  addEventListener("hashchange", () => {  // a link to what is filtered away shows it
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.closest("[hidden]")) document.getElementById("find").reset();
  });
  wire();
})();
