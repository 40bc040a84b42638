/* All sentences of a report, a page at a time, sorted and searched. */
for (const list of document.querySelectorAll(".sentence-list")) {
  const data = JSON.parse(list.querySelector("script").textContent);
  const [search, whole, system, sort] = ["search", "whole", "system", "sort"].map((name) => list.querySelector(`[name=${name}]`));
  const [shown, count, place] = [".shown", ".count", ".place"].map((name) => list.querySelector(name));
  const [before, after] = list.querySelectorAll(".turn button");
  const SIZE = 25;
  const total = data.words.length;
  const texts = [data.sources, ...data.references, ...data.systems.map((one) => one.outputs)].filter(Boolean);
  const plain = (text) => text.normalize("NFC").toLowerCase();
  let low = null; // what is searched, made at the first search
  let lines = [];
  let page = 0;

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const printable = (text) => text.replace(/[\t\n\r]/g, " ").replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
  const quoted = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\"'\"'")}'`);
  const command = (head, text) => [...head, ...(text.startsWith("-") ? ["--"] : []), text].map(quoted).join(" ");

  /* Marks what a text has and the other one lacks at that place: words outside their longest common subsequence. */
  const marked = (text, other) => {
    const between = [text, other].some((one) => one.trim().includes(" ")) ? " " : "";
    const units = (one) => (between ? printable(one).split(/\s+/).filter(Boolean) : [...printable(one)]);
    const [own, others] = [units(text), units(other)];
    if (own.length * others.length > 90000) return [document.createTextNode(printable(text))];
    const longest = Array.from({ length: own.length + 1 }, () => new Uint16Array(others.length + 1));
    for (let i = own.length - 1; i >= 0; i--) {
      for (let j = others.length - 1; j >= 0; j--) {
        longest[i][j] = own[i] === others[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
      }
    }
    const runs = [];
    for (let i = 0, j = 0; i < own.length; ) {
      if (j < others.length && own[i] !== others[j] && longest[i][j + 1] >= longest[i + 1][j]) { j++; continue; }
      const same = j < others.length && own[i] === others[j];
      const run = runs.at(-1);
      if (run && run.same === same) run.units.push(own[i]);
      else runs.push({ same, units: [own[i]] });
      i++;
      if (same) j++;
    }
    return runs.flatMap((run, n) => {
      const words = run.units.join(between);
      return [...(n ? [document.createTextNode(between)] : []), run.same ? document.createTextNode(words) : element("mark", words)];
    });
  };

  const article = (n) => {
    const made = element("article", undefined, "sentence");
    made.setAttribute("aria-label", `Line ${n + 1}`);
    const terms = element("dl");
    const add = (term, ...content) => {
      const text = element("dd");
      text.dir = "auto";
      text.append(...content);
      terms.append(element("dt", term), text);
    };
    if (data.sources) add("source", printable(data.sources[n]));
    for (const reference of data.references) add("reference", printable(reference[n]));
    for (const one of data.systems) {
      const output = one.outputs[n] ? marked(one.outputs[n], data.references[0][n]) : ["(nothing)"];
      add(data.systems.length > 1 ? one.letter : "system", ...output, " ", element("small", `chrF ${one.chrf[n].toFixed(1)}`, "score"));
    }
    const tools = element("div", undefined, "tools");
    tools.append(element("p", `line ${(n + 1).toLocaleString("en")}`, "line"));
    made.append(terms, tools);
    for (const one of data.systems.filter((each) => each.inspect)) {
      const fold = element("details");
      const content = element("p");
      const button = element("button", "Copy", "copy");
      button.type = "button";
      content.append(element("code", command(one.inspect, data.sources[n]), "command"), " ", button);
      fold.append(element("summary", data.systems.length > 1 ? `Inspect with ${one.letter}` : "Inspect"), content);
      tools.append(fold);
    }
    return made;
  };

  const matching = () => {
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    if (!wanted.length) return Array.from({ length: total }, (_, n) => n);
    low ??= Array.from({ length: total }, (_, n) => plain(texts.map((text) => text[n]).join("\n")));
    const letter = "[\\p{L}\\p{M}\\p{N}]";
    const tests = wanted.map((word) => {
      if (!whole.checked) return (text) => text.includes(word);
      const pattern = new RegExp(`(?<!${letter})${word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}(?!${letter})`, "u");
      return (text) => pattern.test(text);
    });
    return low.flatMap((text, n) => (tests.every((test) => test(text)) ? [n] : []));
  };
  const value = () => {
    const one = data.systems[system ? system.selectedIndex : 0];
    const [kind, other] = sort.value.split(":");
    return {
      line: (n) => n,
      worst: (n) => one.chrf[n],
      best: (n) => -one.chrf[n],
      longest: (n) => -data.words[n],
      missing: (n) => -one.missing[n],
      gain: (n) => data.systems[0].chrf[n] - data.systems[other].chrf[n],
      loss: (n) => data.systems[other].chrf[n] - data.systems[0].chrf[n],
    }[kind];
  };
  const draw = () => {
    const pages = Math.max(1, Math.ceil(lines.length / SIZE));
    page = Math.max(0, Math.min(pages - 1, page));
    const part = lines.slice(page * SIZE, (page + 1) * SIZE);
    shown.replaceChildren(...part.map(article));
    const all = lines.length === total ? "" : ` of ${total.toLocaleString("en")}`;
    count.textContent = `${lines.length.toLocaleString("en")}${all} sentence${lines.length === 1 && !all ? "" : "s"}`
      + (part.length ? `, ${(page * SIZE + 1).toLocaleString("en")} to ${(page * SIZE + part.length).toLocaleString("en")} shown` : "");
    place.textContent = `Page ${(page + 1).toLocaleString("en")} of ${pages.toLocaleString("en")}`;
    before.disabled = page === 0;
    after.disabled = page === pages - 1;
  };
  const renew = () => {
    const by = value();
    // Equal ones stay in the order of the text.
    lines = matching().map((n) => [by(n), n]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, n]) => n);
    page = 0;
    draw();
  };
  const turn = (by) => {
    page += by;
    draw();
    list.scrollIntoView({ block: "start" });
  };

  let waiting = null;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(renew, 120); });
  for (const control of [whole, system, sort]) if (control) control.addEventListener("change", renew);
  before.addEventListener("click", () => turn(-1));
  after.addEventListener("click", () => turn(1));
  list.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); renew(); });

  /* A word of the tables leads to its sentences. */
  for (const word of document.querySelectorAll(".find")) {
    const button = element("button", word.textContent, "find");
    button.type = "button";
    button.title = "Show its sentences";
    button.addEventListener("click", () => {
      search.value = word.textContent;
      // Scripts without spaces have no word ends.
      whole.checked = !/[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/.test(word.textContent);
      renew();
      list.closest("section").scrollIntoView({ block: "start" });
      search.focus({ preventScroll: true });
    });
    word.replaceWith(button);
  }
  list.hidden = false;
  renew();
}
