const selects = filter ? [...filter.elements].filter(each => each.matches("select")) : [];
const boxes = filter ? [...filter.querySelectorAll("[name=severity]")] : [];
const search = document.getElementById("q");
let grouped = "file";
let words = null;

/* what a finding is found by: all its text, lower case, read when it is first asked for */
function text(n) {
  words ??= all.map(each => each.textContent.replace(/\s+/g, " ").toLowerCase());
  return words[n];
}

/* what the filter says now, as it stands in the address; what is usual is left out */
function asked() {
  const found = new URLSearchParams();
  if (!filter) return found;
  if (search.value.trim()) found.set("q", search.value.trim());
  const chosen = boxes.filter(each => each.checked).map(each => each.value);
  if (chosen.length < boxes.length) found.set("severity", chosen.join(","));
  for (const select of selects) if (select.value !== select.options[0].value) found.set(select.name, select.value);
  return found;
}

/* set the filter to what an address says; what it does not name is as usual */
function ask(params) {
  if (!filter) return;
  search.value = params.get("q") ?? "";
  const chosen = params.get("severity")?.split(",");
  for (const box of boxes) box.checked = !chosen || chosen.includes(box.value);
  for (const select of selects) choose(select, params.get(select.name));
}

function choose(select, value) {
  select.value = value ?? select.options[0].value;
  if (select.selectedIndex < 0) select.add(new Option(value, value, false, true)); /* there is none of it */
}

function matcher() {
  const params = asked();
  const [chart, scenario, kube, rule, file] = ["chart", "scenario", "kube", "rule", "file"].map(each => params.get(each));
  const chosen = new Set(boxes.filter(each => each.checked).map(each => each.value));
  const wanted = (params.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const suppressed = params.get("suppressed");
  const inCase = each => (!chart || each.chart === chart) && (!scenario || each.scenario === scenario) && (!kube || each.kube === kube);
  const fits = it => scenario === "-"
    ? !it.cases.length && (!chart || it.chart === chart)
    : it.cases.some(inCase) || (!scenario && !kube && (!chart || it.chart === chart));
  return n => {
    const it = known[n];
    return chosen.has(it.severity)
      && (suppressed === "only" ? it.suppressed : suppressed || !it.suppressed)
      && (!rule || it.rule === rule) && (!file || it.file === file)
      && fits(it) && wanted.every(word => text(n).includes(word));
  };
}

/* show what the filter asks for, in the groups that it asks for */
function apply() {
  if (!filter) return;
  const by = filter.elements.group.value;
  if (by !== grouped) regroup(by);
  const matches = matcher();
  let count = 0;
  for (const group of groups.children) {
    let here = 0;
    for (const finding of group.querySelectorAll(":scope > .finding")) {
      const shown = matches(Number(finding.dataset.n));
      finding.hidden = !shown;
      here += shown;
    }
    group.hidden = !here;
    group.querySelector(".n").textContent = here.toLocaleString("en");
    count += here;
  }
  const of = count === all.length ? "" : ` of ${all.length.toLocaleString("en")}`;
  document.getElementById("told").textContent = count ? `${count.toLocaleString("en")}${of} findings` : "No finding fits the filter";
  for (const select of selects) select.classList.toggle("set", select.name !== "group" && select.selectedIndex > 0);
  const narrowed = asked();
  narrowed.delete("group");
  document.getElementById("reset").hidden = !narrowed.size;
}

const severest = group => Math.max(...group.map(n => data.findings[n][0]));

const fold = document.getElementById("fold");
const folding = open => { fold.textContent = open ? "Fold all" : "Unfold all"; };

function regroup(by) {
  const held = new Map();
  known.forEach((it, n) => {
    const several = by === "scenario";
    const name = several ? scenarios(it) : it[by];
    held.has(name) ? held.get(name).push(n) : held.set(name, [n]);
  });
  const order = [...held];
  if (by === "rule") order.sort(([, a], [, b]) => severest(b) - severest(a) || b.length - a.length);
  else if (by !== "file") order.sort(([a], [b]) => (a < b ? -1 : 1));
  groups.className = `by-${by}`;
  groups.replaceChildren(...order.map(([name, members]) => {
    const head = element("summary", "", element("h3", "", name || `(no ${by})`), " ", element("span", "n"));
    const group = element("details", "group", head, ...members.map(n => all[n]));
    group.open = true;
    return group;
  }));
  grouped = by;
  folding(true);
}

const scenarios = it => (it.label ? `${it.chart}: ${it.label}` : `${it.chart}: in no scenario`);

/* the choices of a filter, each with how many findings it has */
function choices() {
  const counts = {};
  const count = (kind, name) => { (counts[kind] ??= new Map()).set(name, (counts[kind].get(name) ?? 0) + 1); };
  for (const it of known) {
    if (it.suppressed) continue;
    for (const kind of ["chart", "rule", "file"]) count(kind, it[kind]);
    for (const kind of ["scenario", "kube"]) for (const name of new Set(it.cases.map(each => each[kind]))) count(kind, name);
    if (!it.cases.length) count("scenario", "-");
  }
  for (const select of selects) {
    const found = [...(counts[select.name] ?? [])].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
    for (const [name, number] of found) {
      const label = select.name === "scenario" && name === "-" ? "(none: files of charts)" : name;
      select.add(new Option(`${label} (${number.toLocaleString("en")})`, name));
    }
    if (["kube", "chart"].includes(select.name) && found.length < 2) select.parentElement.hidden = true;
  }
}
