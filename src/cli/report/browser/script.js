// What the page can do beyond showing itself: theme, filter, folding. Without it everything is still there.
"use strict";

const byId = (id) => document.getElementById(id);

// Theme: the system's until somebody chooses, then theirs, as far as the browser keeps it for local files.
const KEY = "run-async-report-theme";
const theme = byId("theme");
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

function storedTheme() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches);

// The button is named for what it does.
function nameButton() {
  theme.textContent = isDark() ? "Light theme" : "Dark theme";
}

const stored = storedTheme();
if (stored === "light" || stored === "dark") root.dataset.theme = stored;
theme.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  try {
    localStorage.setItem(KEY, root.dataset.theme);
  } catch {
    // A page opened from the disk may have no storage: the choice lasts as long as the page.
  }
  nameButton();
});
systemDark.addEventListener("change", nameButton);
nameButton();
theme.hidden = false;

// Filter: hides the items that do not contain the words, and the groups that are left empty.
const filter = byId("filter");
const rule = byId("rule");
const shown = byId("shown");
const items = [...document.querySelectorAll(".item")].map((element) => {
  const file = element.closest(".group")?.querySelector("h3")?.textContent ?? "";
  return { element, text: `${file} ${element.textContent}`.toLowerCase() };
});
const groups = [...document.querySelectorAll(".group")];

function applyFilter() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = rule.value;
  let count = 0;
  for (const { element, text } of items) {
    const isOfRule = wanted === "" || element.dataset.rule === wanted;
    element.hidden = !isOfRule || !words.every((word) => text.includes(word));
    if (!element.hidden) count += 1;
  }
  for (const group of groups) group.hidden = !group.querySelector(".item:not([hidden])");
  const isFiltered = words.length > 0 || wanted !== "";
  shown.textContent = isFiltered ? `${count} of ${items.length} entries shown` : "";
}
filter.addEventListener("input", applyFilter);
rule.addEventListener("input", applyFilter);

// Folding: all that the filter shows.
const fold = byId("fold");
let isOpen = false;
fold.addEventListener("click", () => {
  isOpen = !isOpen;
  fold.textContent = isOpen ? "Close all" : "Open all";
  for (const details of document.querySelectorAll("details.item:not([hidden])"))
    details.open = isOpen;
});

byId("tools").hidden = false;
