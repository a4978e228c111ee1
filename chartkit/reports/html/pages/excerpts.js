const split = new Map();

/* the lines of a text, by number */
function lines(text) {
  if (!split.has(text)) {
    const found = new Map();
    for (const [first, joined] of data.texts[text]) {
      joined.split("\n").forEach((line, at) => found.set(first + at, line));
    }
    split.set(text, found);
  }
  return split.get(text);
}

const token = /(\{\{-?\s*\/\*.*?(?:\*\/\s*-?\}\}|$)|(?:^|\s)#.*$)|(\{\{.*?(?:\}\}|$))|^(\s*(?:- )*)([\w./$-]+:)(?=\s|$)/g;
const keyword = /\b(if|else|end|range|with|define|block|include|template|tpl|break|continue)\b/;

/* a line in pieces, so that keys, actions and comments can be told apart by eye */
function* coloured(line) {
  let at = 0;
  for (const found of line.matchAll(token)) {
    const [whole, comment, action, indent, key] = found;
    if (found.index > at) yield line.slice(at, found.index);
    if (comment !== undefined) yield element("span", "comment", comment);
    else if (action !== undefined) yield* actions(action);
    else { yield indent; yield element("span", "key", key); }
    at = found.index + whole.length;
  }
  yield line.slice(at);
}

function* actions(text) {
  const [before, word, ...after] = text.split(keyword);
  if (word === undefined || !/^\{\{-?\s*$/.test(before)) yield element("span", "action", text);
  else yield element("span", "action", before, element("span", "keyword", word), after.join(""));
}

/* the lines of [text, first, last, meant, column]; the one that is meant is marked */
function code([text, first, last, meant, column], label) {
  const box = element("div", "code");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", label);
  const held = lines(text);
  for (let number = first; number <= last; number++) {
    const line = held.get(number) ?? "";
    const row = element("div", number === meant ? "l meant" : "l", element("span", "no", String(number)));
    row.append(element("span", "", ...coloured(line)));
    box.append(row);
    if (number === meant && column) box.append(caret(line, column));
  }
  return box;
}

function caret(line, column) {
  const row = element("div", "l meant caret", element("span", "no"));
  row.append(element("span", "ghost", line.slice(0, column - 1)), "^");
  row.setAttribute("aria-hidden", "true");
  return row;
}

/* what is meant in the middle of its box, which nothing else moves for */
function centre(box) {
  const row = box.querySelector(".meant");
  if (!row) return;
  box.scrollTop = row.offsetTop - box.clientHeight / 2 + row.offsetHeight;
  const ghost = box.querySelector(".ghost");
  const right = ghost ? ghost.offsetLeft + ghost.offsetWidth : 0;
  if (right > box.clientWidth - 80) box.scrollLeft = right - box.clientWidth / 2;
}

function pane(title, shown, name) {
  return element("div", name, element("h4", "", ...title), code(shown, title.map(each => each.textContent ?? each).join("")));
}
