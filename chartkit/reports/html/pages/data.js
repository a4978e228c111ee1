const data = JSON.parse(document.getElementById("data").textContent);
const all = [...document.querySelectorAll(".finding")].sort((a, b) => a.dataset.n - b.dataset.n);
const groups = document.getElementById("groups");
const filter = document.querySelector(".filter");
const severities = ["", "note", "warning", "error"];

/* an element with a class and children, which are text or elements */
function element(tag, name, ...children) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...children);
  return made;
}

/* what a finding is filtered by */
function facts(n) {
  const [severity, chart, rule, file, set, suppressed, label] = data.findings[n];
  const name = (kind, number) => data.names[kind][number];
  return {
    severity: severities[severity],
    chart: name("chart", chart),
    rule: name("rule", rule),
    file: name("file", file),
    suppressed: suppressed === 1,
    label: data.labels[label],
    cases: data.sets[set].map(([of, scenario, kube]) => ({
      chart: name("chart", of), scenario: name("scenario", scenario), kube: name("kube", kube),
    })),
  };
}
const known = all.map((_, n) => facts(n));
