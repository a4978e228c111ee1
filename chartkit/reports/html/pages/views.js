const views = [...document.querySelectorAll("main > section:not(#summary)")];
const usual = "findings";

/* the address: a part of the page or a place in it, then what the filter says */
function address() {
  const [place, query = ""] = location.hash.slice(1).split("?");
  let name = place;
  try { name = decodeURIComponent(place); } catch { /* as it is */ }
  return [name, new URLSearchParams(query)];
}

function note(place) {
  const query = asked().toString();
  const hash = `#${place}${query ? `?${query}` : ""}`;
  if (hash !== location.hash) history.replaceState(null, "", hash);
}

function view(section) {
  for (const each of views) each.classList.toggle("current", each === section);
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash !== `#${section.id}`) link.removeAttribute("aria-current");
    else {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }
}

/* go where the address says */
function follow() {
  const [name, params] = address();
  const target = document.getElementById(name) ?? document.getElementById(usual);
  const section = target.closest("main > section") ?? document.getElementById(usual);
  view(section);
  if (section.id === usual && filter) {
    ask(params);
    apply();
  }
  if (target !== section) reveal(target);
  else scrollTo(0, 0);
}

/* open what is led to, and all around it; a filter that hides it gives way */
function reveal(target) {
  if (target.hidden) {
    ask(new URLSearchParams(target.classList.contains("suppressed") ? { suppressed: "shown" } : {}));
    apply();
  }
  for (let each = target; each; each = each.parentElement) if (each.matches("details")) each.open = true;
  if (target.matches(".finding")) {
    fill(target);
    current = target;
  }
  const head = target.querySelector("summary");
  head?.focus({ preventScroll: true });
  target.scrollIntoView({ block: "start" });
}

addEventListener("hashchange", follow);
groups?.addEventListener("click", event => {
  const finding = event.target.closest(".finding > summary")?.parentElement;
  if (finding) note(finding.open ? usual : finding.id); /* it is about to change */
});
document.addEventListener("click", event => {
  const link = event.target.closest("a[href^='#']");
  if (link && link.hash === location.hash) follow(); /* the address does not change */
});
