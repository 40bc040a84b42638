"use strict";
/* The button for the other colour scheme. The choice is remembered where the browser allows it. */
(() => {
  const root = document.documentElement;
  const button = document.getElementById("scheme");
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const remembered = (value) => {
    try {
      if (value === undefined) return localStorage.getItem("seq2seq-scheme");
      localStorage.setItem("seq2seq-scheme", value);
    } catch { /* a file opened from the disk may not store anything */ }
    return null;
  };
  const isDark = () => (root.dataset.scheme || (system.matches ? "dark" : "light")) === "dark";
  const show = () => { button.textContent = isDark() ? "Light colours" : "Dark colours"; };
  const before = remembered();
  if (before === "dark" || before === "light") root.dataset.scheme = before;
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.scheme = isDark() ? "light" : "dark";
    remembered(root.dataset.scheme);
    show();
  });
  system.addEventListener("change", show);
  show();
})();

/* What scrolls sideways, and only that, is a stop of the Tab key and says that it scrolls. */
{
  const look = (scroller) => {
    const scrolls = scroller.scrollWidth > scroller.clientWidth + 1;
    scroller.classList.toggle("scrolls", scrolls);
    if (!scroller.hasAttribute("aria-label")) return;
    if (scrolls) scroller.tabIndex = 0;
    else scroller.removeAttribute("tabindex");
  };
  const watch = new ResizeObserver((entries) => entries.forEach((entry) => look(entry.target.closest(".scroller"))));
  for (const scroller of document.querySelectorAll(".scroller")) {
    look(scroller);
    watch.observe(scroller);
    for (const child of scroller.children) watch.observe(child);
  }
}

/* Times in the reader's own zone and spelling. */
for (const time of document.querySelectorAll("time[datetime]")) {
  const date = new Date(time.dateTime);
  if (Number.isNaN(date.getTime())) continue;
  time.title = time.textContent;
  time.textContent = date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/* One of several panels at a time. */
for (const choices of document.querySelectorAll(".choices")) {
  const select = choices.querySelector(":scope > label > select");
  const panels = choices.querySelectorAll(":scope > .panel");
  const show = () => panels.forEach((panel, n) => { panel.hidden = n !== select.selectedIndex; });
  choices.classList.add("live");
  select.parentElement.hidden = false;
  select.addEventListener("change", show);
  show();
}

/* Copies the command beside the button. A page of a file may lack the clipboard: then the command is selected. */
for (const button of document.querySelectorAll(".copy")) button.hidden = false;
document.addEventListener("click", async (event) => {
  const button = event.target.closest(".copy");
  if (!button) return;
  const command = button.parentElement.querySelector(".command");
  try {
    await navigator.clipboard.writeText(command.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  } catch {
    getSelection().selectAllChildren(command);
  }
});
