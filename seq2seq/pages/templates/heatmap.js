/* Heat maps: the cell that is pointed at, or moved to by arrow keys, is framed and read out. */
for (const figure of document.querySelectorAll("figure.heatmap")) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  const map = figure.querySelector(".map");
  const frame = figure.querySelector(".cell");
  const readout = figure.querySelector(".readout");
  const height = data.rows.labels.length;
  const width = data.columns.labels.length;
  const [left, top, across, down] = data.box;
  const bytes = Uint8Array.from(atob(data.values), (character) => character.charCodeAt(0));
  const codes = new DataView(bytes.buffer);
  const last = 2 ** data.bits - 1;
  const inside = (n, count) => Math.max(0, Math.min(count - 1, n));
  let at = null;

  const value = (row, column) => {
    const n = row * width + column;
    const code = data.bits === 16 ? codes.getUint16(2 * n, true) : codes.getUint8(n);
    if (code === last) return "no value";
    const text = (data.low + code / (last - 1) * (data.high - data.low)).toFixed(data.digits);
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
  };
  /* Pages may link maps: they are told which cell was gone to (heatmap-cell) and which was chosen (heatmap-choose),
     and tell a map to go along (heatmap-show). */
  const tell = (name, [row, column]) => figure.dispatchEvent(
    new CustomEvent(name, { bubbles: true, detail: { row: data.rows.labels[row], column, at: [row, column] } }));
  const go = (row, column, scroll) => {
    show(row, column, scroll);
    tell("heatmap-cell", at);
  };
  const show = (row, column, scroll) => {
    at = [inside(row, height), inside(column, width)];
    frame.hidden = false;
    frame.style.left = `${100 * (left + across * at[1] / width)}%`;
    frame.style.top = `${100 * (top + down * at[0] / height)}%`;
    frame.style.width = `${100 * across / width}%`;
    frame.style.height = `${100 * down / height}%`;
    readout.textContent = `${data.rows.name} ${data.rows.labels[at[0]]}, `
      + `${data.columns.name} ${data.columns.labels[at[1]]}: ${value(...at)}`;
    if (scroll) frame.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const point = (event) => {
    const box = map.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width - left) / across;
    const y = ((event.clientY - box.top) / box.height - top) / down;
    if (x >= 0 && x < 1 && y >= 0 && y < 1) go(Math.floor(y * height), Math.floor(x * width), false);
  };

  map.tabIndex = 0;
  map.setAttribute("role", "application");
  map.setAttribute("aria-roledescription", "heat map");
  readout.textContent = "Point at a cell, or move with the arrow keys.";
  map.addEventListener("pointermove", point);
  map.addEventListener("pointerdown", point);
  map.addEventListener("click", () => { if (at !== null) tell("heatmap-choose", at); });
  figure.addEventListener("heatmap-show", (event) => show(...event.detail.at, false));
  map.addEventListener("focus", () => { if (at === null && map.matches(":focus-visible")) go(0, 0, false); });
  map.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey) return;
    const [row, column] = at || [0, 0];
    const page = Math.max(1, Math.round(height / 10));
    const to = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      PageUp: [row - page, column],
      PageDown: [row + page, column],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? height - 1 : row, width - 1],
    }[event.key];
    if (event.key === "Enter" && at !== null) tell("heatmap-choose", at);
    if (!to) return;
    event.preventDefault();
    go(...to, true);
  });
}
