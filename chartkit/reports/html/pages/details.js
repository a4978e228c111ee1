/* put beside a finding, the first time that it is opened, what the page holds once for many */
function fill(finding) {
  if (finding.dataset.filled) return;
  finding.dataset.filled = "yes";
  const body = finding.querySelector(".body");
  const evidence = data.evidence[finding.dataset.n] ?? {};
  sources(body, evidence);
  unknown(body, evidence.unknown ?? []);
  drifts(body, finding.dataset.drifts);
  rulePage(body);
  copier(body);
  finding.querySelectorAll(".code").forEach(centre);
}

function sources(body, evidence) {
  const found = evidence.sources ?? [];
  if (!found.length && !evidence.rendered) return;
  const panes = element("div", "panes");
  const left = element("div", found.length > 1 ? "pane stacked" : "pane");
  found.forEach(([file, ...shown], at) => left.append(pane(titled(body, data.names.file[file], shown[3], at), shown, "pane")));
  if (found.length) panes.append(left);
  if (evidence.rendered) {
    const title = ["rendered", ...(evidence.case ? [" in ", element("b", "", evidence.case)] : [])];
    panes.append(pane(title, evidence.rendered, "pane rendered"));
  }
  const plain = body.querySelector(".shown");
  if (!plain) body.querySelector("dl").before(panes);
  else if (found.length) plain.replaceWith(panes);
  else plain.after(panes);
}

/* what the plain page says of this place */
function titled(body, file, line, at) {
  const place = line ? `${file}:${line}` : file;
  const step = [...body.querySelectorAll(".step")].find(each => each.querySelector("code").textContent === place);
  const word = step?.querySelector(".dim").textContent ?? "";
  return [...(at && word ? [`${word} `] : []), element("b", "", place)];
}

function unknown(body, found) {
  for (const each of found) body.querySelector("dl").append(element("dt", "", "not known"), element("dd", "", each));
}

function drifts(body, numbers) {
  if (!numbers) return;
  const copies = numbers.split(" ").map(number => {
    const copy = document.getElementById(`drift-${number}`).cloneNode(true);
    copy.removeAttribute("id");
    copy.open = numbers.split(" ").length <= 5;
    copy.querySelector(".told").remove();
    return element("li", "", copy);
  });
  body.querySelector(".drifts").replaceChildren(...copies);
}

/* the page of the rule, folded in */
function rulePage(body) {
  const link = body.querySelector(".page a");
  const page = document.getElementById(link.getAttribute("href").slice(1))?.querySelector(".markdown");
  if (!page) return;
  const folded = element("details", "", element("summary", "", "What it says"));
  folded.addEventListener("toggle", () => folded.append(page.cloneNode(true)), { once: true });
  link.parentElement.append(folded);
}

function copier(body) {
  const command = body.querySelector(".more code");
  const button = element("button", "", "Copy");
  button.type = "button";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(command);
    }
  });
  const link = element("a", "", "Link to this finding");
  link.href = `#${body.parentElement.id}`;
  command.parentElement.append(button, " ", link);
}

groups?.addEventListener("toggle", event => {
  if (event.target.open && event.target.matches(".finding")) fill(event.target);
}, true);
