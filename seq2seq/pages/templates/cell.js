/* The cell: parts of the drawing and terms of the equations light up together; a unit's numbers run through both. */
(() => {
  const section = document.getElementById("cell");
  if (!section) return;
  const parts = [...section.querySelectorAll("[data-part]")];
  const light = (names) => {
    for (const part of parts) part.classList.toggle("lit", names.includes(part.dataset.part));
  };

  /* What a stage of the formula is about, and what it does with the numbers. */
  const number = (value) => (Object.is(Math.round(value * 1000), -0) ? 0 : value).toFixed(3).replace("-", "−");
  const summand = (value) => (value < 0 ? `− ${number(-value)}` : `+ ${number(value)}`);
  const product = (a, b) => `${number(a)} × ${number(b)}`;
  const CELLS = {
    lstm: {
      derive: (v) => {
        v.kept = v.forget * v["cell-before"];
        v.written = v.input * v.candidate;
        v.squashed = Math.tanh(v.cell);
      },
      stages: [
        ["gates", ["x", "hidden-before", "forget", "input", "candidate", "output"], (v, token) =>
          `From “${token}” and from what all units showed before, the gates and the candidate are computed.`],
        ["cell", ["forget", "cell-before", "kept"], (v) =>
          `The forget gate lets ${number(v.forget)} of the old cell stay: ${product(v.forget, v["cell-before"])} = ${number(v.kept)}.`],
        ["cell", ["input", "candidate", "written"], (v) =>
          `The input gate lets ${number(v.input)} of the candidate in: ${product(v.input, v.candidate)} = ${number(v.written)}.`],
        ["cell", ["kept", "written", "cell"], (v) =>
          `Together they are the new memory cell: ${number(v.kept)} ${summand(v.written)} = ${number(v.cell)}.`],
        ["show", ["cell", "squashed", "output", "hidden"], (v) =>
          `The output gate shows ${number(v.output)} of tanh(${number(v.cell)}): ${product(v.output, v.squashed)} = ${number(v.hidden)}.`],
      ],
      numbers: (v) => [number(v.forget), number(v.input), number(v.candidate), number(v.output),
        `${product(v.forget, v["cell-before"])} + ${product(v.input, v.candidate)} = ${number(v.cell)}`,
        `${product(v.output, v.squashed)} = ${number(v.hidden)}`],
    },
    gru: {
      derive: (v) => {
        v.kept = v.update * v["hidden-before"];
        v.opposite = 1 - v.update;
        v.written = v.opposite * v.candidate;
      },
      stages: [
        ["gates", ["x", "hidden-before", "update", "reset"], (v, token) =>
          `From “${token}” and from what all units showed before, the two gates are computed.`],
        ["candidate", ["x", "hidden-before", "reset", "candidate"], (v) =>
          `The reset gate lets ${number(v.reset)} of what comes from the state before into the candidate, which is ${number(v.candidate)}.`],
        ["hidden", ["update", "hidden-before", "kept"], (v) =>
          `The update gate lets ${number(v.update)} of the old state stay: ${product(v.update, v["hidden-before"])} = ${number(v.kept)}.`],
        ["hidden", ["opposite", "candidate", "written"], (v) =>
          `The rest, ${number(v.opposite)}, is what it takes of the candidate: ${product(v.opposite, v.candidate)} = ${number(v.written)}.`],
        ["hidden", ["kept", "written", "hidden"], (v) =>
          `Together they are the new hidden state: ${number(v.kept)} ${summand(v.written)} = ${number(v.hidden)}.`],
      ],
      numbers: (v) => [number(v.update), number(v.reset), number(v.candidate),
        `${product(v.update, v["hidden-before"])} + ${product(v.opposite, v.candidate)} = ${number(v.hidden)}`],
    },
    rnn: {
      derive: () => {},
      stages: [
        ["hidden", ["x", "hidden-before", "hidden"], (v, token) =>
          `From “${token}” and from what all units showed before, all of the state is computed anew: ${number(v["hidden-before"])} becomes ${number(v.hidden)}.`],
      ],
      numbers: (v) => [number(v.hidden)],
    },
  };

  const data = JSON.parse(document.getElementById("stepping").textContent);
  const cell = CELLS[data.cell];
  const floats = (text) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return Float32Array.from({ length: bytes.length / 4 }, (_, n) => view.getFloat32(4 * n, true));
  };
  const decoded = new Map();
  const arrays = (layer) => {
    if (!decoded.has(layer)) {
      decoded.set(layer, Object.fromEntries(Object.entries(layer.arrays).map(([name, text]) => [name, floats(text)])));
    }
    return decoded.get(layer);
  };
  const control = (name) => section.querySelector(`[data-control="${name}"]`);
  const [layers, units, slider, play] = ["layer", "unit", "step", "play"].map(control);
  const tokens = section.querySelector(".tokens");
  const narration = section.querySelector(".narration");
  let layer = data.layers[0];
  let unit = layer.begin;
  let step = 0; // in the order in which the layer reads
  let stage = 0;
  let timer = null;

  /* The numbers of a unit at a step, by the names of the parts. */
  const position = (at) => (layer.backward ? layer.steps.length - 1 - at : at);
  const valuesAt = (at) => {
    const all = arrays(layer);
    const width = layer.units.length;
    const value = (name, when) => (when < 0 ? all[`first_${name}`][unit] : all[name][position(when) * width + unit]);
    const values = { "hidden-before": value("hidden", at - 1) };
    if (all.memory) {
      values["cell-before"] = value("memory", at - 1);
      values.cell = value("memory", at);
    }
    for (const name of Object.keys(all)) {
      if (!name.startsWith("first_") && name !== "memory") values[name] = value(name, at);
    }
    cell.derive(values);
    return values;
  };
  const show = () => {
    const values = valuesAt(step);
    const at = position(step);
    const [lines, names, text] = cell.stages[stage];
    for (const place of section.querySelectorAll("[data-value]")) {
      const value = values[place.dataset.value];
      place.textContent = value === undefined ? "" : number(value);
    }
    const token = layer.steps[at];
    section.querySelector("[data-token]").textContent = token.length > 24 ? `${token.slice(0, 23)}…` : token;
    cell.numbers(values).forEach((numbers, n) => {
      section.querySelectorAll(".equations > li")[n].querySelector(".numbers-of").textContent = `= ${numbers}`;
    });
    for (const line of section.querySelectorAll(".equations > li")) {
      line.classList.toggle("current", line.dataset.stage === lines);
    }
    [...tokens.children].forEach((one, n) => one.classList.toggle("current", n === at));
    slider.value = step;
    slider.setAttribute("aria-valuetext", `${step + 1} of ${layer.steps.length}, “${token}”`);
    narration.textContent = `Step ${step + 1} of ${layer.steps.length}, “${token}”. ${text(values, token)}`;
    light(names);
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  };
  const moved = (by) => {
    const stages = cell.stages.length;
    const now = step * stages + stage + by;
    if (now < 0 || now >= layer.steps.length * stages) return false;
    [step, stage] = [Math.floor(now / stages), now % stages];
    show();
    return true;
  };
  const toggle = () => {
    if (timer) return stop();
    if (step === layer.steps.length - 1 && stage === cell.stages.length - 1) [step, stage] = [0, -1];
    moved(1);
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
    timer = setInterval(() => { if (!moved(1)) stop(); }, 1200);
    return undefined;
  };
  const chooseUnit = (n) => {
    unit = n;
    units.selectedIndex = n;
    show();
  };
  const chooseLayer = (n, at = null) => {
    layer = data.layers[n];
    layers.selectedIndex = n;
    step = Math.min(step, layer.steps.length - 1);
    units.replaceChildren(...layer.units.map((one, m) => new Option(`${one}: ${layer.lives[m]}`)));
    tokens.replaceChildren(...layer.steps.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    slider.max = layer.steps.length - 1;
    chooseUnit(at === null ? layer.begin : at);
  };

  section.querySelector(".stepper").hidden = false;
  section.classList.add("live");
  layers.replaceChildren(...data.layers.map((one) => new Option(one.name)));
  layers.addEventListener("change", () => { stop(); chooseLayer(layers.selectedIndex); });
  units.addEventListener("change", () => chooseUnit(units.selectedIndex));
  slider.addEventListener("input", () => { stop(); step = Number(slider.value); stage = cell.stages.length - 1; show(); });
  control("back").addEventListener("click", () => { stop(); moved(-1); });
  control("forward").addEventListener("click", () => { stop(); moved(1); });
  play.addEventListener("click", toggle);
  tokens.addEventListener("click", (event) => {
    const n = [...tokens.children].indexOf(event.target);
    if (n < 0) return;
    stop();
    [step, stage] = [position(n), cell.stages.length - 1];
    show();
  });
  const drawing = section.querySelector(".cell-drawing");
  drawing.tabIndex = 0;
  drawing.setAttribute("role", "application");
  drawing.setAttribute("aria-label", "The drawing of the cell: the arrow keys step, space plays");
  section.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("select, input")) return;
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by) {
      event.preventDefault();
      stop();
      moved(by);
    } else if (event.key === " " && !event.target.closest("button")) {
      event.preventDefault();
      toggle();
    }
  });
  /* Listeners of the section, not of the parts: what listens to focus can be focused, in a drawing too. */
  for (const kind of ["pointerover", "focusin", "click"]) {
    section.addEventListener(kind, (event) => {
      const part = event.target.closest("[data-part]");
      if (part) light([part.dataset.part]);
      else if (kind === "pointerover") light(cell.stages[stage][1]);
    });
  }
  for (const kind of ["pointerleave", "focusout"]) section.addEventListener(kind, () => light(cell.stages[stage][1]));

  /* All maps of a layer show the same cell; a click, or Enter, brings the unit and the step up here. */
  document.querySelectorAll("#gates .maps").forEach((maps, n) => {
    const figures = [...maps.querySelectorAll("figure.heatmap")];
    maps.addEventListener("heatmap-cell", (event) => {
      for (const one of figures) {
        if (one !== event.target) one.dispatchEvent(new CustomEvent("heatmap-show", { detail: event.detail }));
      }
    });
    maps.addEventListener("heatmap-choose", (event) => {
      const at = data.layers[n].units.indexOf(parseInt(event.detail.row, 10));
      if (at < 0) return;
      stop();
      layer = data.layers[n];
      [step, stage] = [position(event.detail.column), cell.stages.length - 1];
      chooseLayer(n, at);
      section.scrollIntoView();
    });
  });
  chooseLayer(0);
})();
