const dialog = document.getElementById("keys");
let current = null;

/* the findings that are on show, in their order */
const onShow = () => [...document.querySelectorAll(".group[open]:not([hidden]) > .finding:not([hidden])")];

function move(by) {
  const found = onShow();
  if (!found.length) return;
  const here = found.indexOf(document.activeElement?.closest(".finding") ?? current);
  const next = here < 0 ? (by > 0 ? 0 : found.length - 1) : Math.min(Math.max(here + by, 0), found.length - 1);
  current = found[next];
  const head = current.querySelector("summary");
  head.focus({ preventScroll: true });
  head.scrollIntoView({ block: "nearest" });
}

function toggle() {
  const finding = document.activeElement?.closest(".finding") ?? current;
  if (!finding) return;
  finding.open = !finding.open;
  note(finding.open ? finding.id : usual);
}

function leave() {
  const finding = document.activeElement?.closest(".finding");
  if (document.activeElement === search) search.blur();
  else if (finding?.open) {
    finding.open = false;
    finding.querySelector("summary").focus();
    note(usual);
  }
}

const go = name => { if (document.getElementById(name)) location.hash = `#${name}`; };
const inFindings = what => () => {
  if (!document.getElementById(usual).classList.contains("current")) go(usual);
  what();
};
const keys = {
  j: inFindings(() => move(1)), k: inFindings(() => move(-1)), o: inFindings(toggle),
  "/": inFindings(() => { search?.focus(); search?.select(); }), "?": () => dialog.showModal(),
  Escape: leave, f: () => go(usual), s: () => go("scenarios"),
};

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
  const typing = event.target.matches("input[type=search], select");
  if (typing && event.key !== "Escape") return;
  if (!Object.hasOwn(keys, event.key)) return;
  if (event.key !== "Escape") event.preventDefault();
  keys[event.key]();
});

const theme = document.getElementById("theme");
const themes = ["auto", "light", "dark"];
function paint(name) {
  document.documentElement.style.colorScheme = name === "auto" ? "" : name;
  theme.textContent = `Theme: ${name}`;
  theme.dataset.theme = name;
}
function kept(name) {
  try {
    if (name) localStorage.setItem("chartkit-theme", name);
    return localStorage.getItem("chartkit-theme");
  } catch { return name; } /* no storage: it holds for this page */
}
theme.addEventListener("click", () => {
  const next = themes[(themes.indexOf(theme.dataset.theme) + 1) % themes.length];
  paint(next);
  kept(next);
});
document.getElementById("help").addEventListener("click", () => dialog.showModal());

let waiting = 0;
function changed() {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => { apply(); note(usual); });
}
for (const each of filter?.elements ?? []) each.addEventListener("input", changed);
filter?.addEventListener("submit", event => event.preventDefault());
document.getElementById("reset")?.addEventListener("click", () => {
  const group = filter.elements.group.value;
  ask(new URLSearchParams({ group }));
  changed();
});
fold?.addEventListener("click", () => {
  const open = fold.textContent !== "Fold all";
  for (const group of groups.children) group.open = open;
  folding(open);
});

document.documentElement.classList.add("scripted");
for (const each of document.querySelectorAll(".tools, .filter, .bar")) each.hidden = false;
if (filter) document.getElementById("choices").open = matchMedia("(min-width: 60rem)").matches;
paint(themes.includes(kept()) ? kept() : "auto");
if (filter) choices();
follow();
addEventListener("load", () => current?.querySelector("summary").focus({ preventScroll: true })); /* loading has taken it away */
