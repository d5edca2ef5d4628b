"use strict";
// Solves the chains in floats for other values of their constants, as verify.chain searches; proves nothing.
// The data, in #whatif-data: {"chains": [{"id", "stated": {case: m}, "width", "multiple", "constants": {name: value},
//   "unknowns": [{"name", "side", "bounds"}], "requirements": [{"lemma", "name", "low", "high"}],
//   "tuned": {name: [low, high]}, "cases": {case: {name: value}},
//   "otherwise": {"unknown", "above", "chain"} or none: tried too where that unknown is above}], "sharp": {name: text}}
(() => {
  const LARGEST = 1e60, GROWTH = 1.3, PRECISION = 1e-13;
  const functions = {
    "+": (...terms) => terms.reduce((a, b) => a + b), "*": (...factors) => factors.reduce((a, b) => a * b),
    pow: Math.pow, exp: Math.exp, log: Math.log, max: Math.max, min: Math.min, abs: Math.abs,
  };
  const value = (tree, at) =>
    typeof tree === "number" ? tree : typeof tree === "string" ? at[tree]
      : functions[tree[0]](...tree.slice(1).map((one) => value(one, at)));
  const names = (tree) =>
    typeof tree === "number" ? [] : typeof tree === "string" ? [tree] : tree.slice(1).flatMap(names);

  // log(high / low), infinite where a side has no usable sign or size.
  const logRatio = (high, low) => {
    if (low <= 0 && high >= 0) return Infinity;
    if (!(high > 0 && Number.isFinite(low))) return -Infinity;
    return high === Infinity ? Infinity : Math.log(high / low);
  };
  // All values at a width, the unknowns being set one after the other as each allows.
  const valuesAt = (chain, known, width) => {
    const at = { ...known, [chain.width]: width };
    for (const { name, side, bounds } of chain.unknowns) {
      const usable = bounds.filter((bound) => names(bound).every((one) => one in at)).map((bound) => value(bound, at));
      at[name] = (side === "least" ? Math.max : Math.min)(...usable);
    }
    return at;
  };
  const smallest = (chain, known) => {
    const holds = (width) => {
      const at = valuesAt(chain, known, width);
      return chain.requirements.every(({ low, high }) => logRatio(value(high, at), value(low, at)) >= -1e-11);
    };
    let below = 0, at = chain.multiple;
    while (!holds(at)) {
      [below, at] = [at, at * GROWTH];
      if (at > LARGEST) return null;
    }
    while (at - below > PRECISION * at) {
      const middle = (below + at) / 2;
      if (holds(middle)) at = middle; else below = middle;
    }
    return at;
  };

  // Nelder and Mead's simplex search from the unit simplex, with the usual coefficients.
  const simplexSearch = (f, size) => {
    let left = 60 * size;
    const measured = (x) => { left -= 1; return { x, y: f(x) }; };
    const origin = Array(size).fill(0);
    let points = [origin, ...origin.map((_, k) => origin.map((_, j) => (j === k ? 1 : 0)))].map(measured);
    const sort = () => points.sort((a, b) => a.y - b.y);
    const spread = () => Math.max(...points.slice(1).flatMap((p) => p.x.map((v, k) => Math.abs(v - points[0].x[k]))));
    const done = () => spread() <= 1e-3 && Math.max(...points.slice(1).map((p) => Math.abs(p.y - points[0].y))) <= 1e-4;
    sort();
    while (left > 0 && !done()) {
      const worst = points[size], centre = origin.map((_, k) => points.slice(0, size).reduce((s, p) => s + p.x[k], 0) / size);
      const along = (share) => measured(centre.map((v, k) => (1 + share) * v - share * worst.x[k]));
      const reflected = along(1);
      let next = reflected;
      if (reflected.y < points[0].y) {
        const expanded = along(2);
        if (expanded.y < reflected.y) next = expanded;
      } else if (reflected.y >= points[size - 1].y) {
        const outside = reflected.y < worst.y;
        next = along(outside ? 0.5 : -0.5);
        if (outside ? next.y > reflected.y : next.y >= worst.y) next = null;
      }
      if (next) points[size] = next;
      else points = points.map((p, k) => (k ? measured(p.x.map((v, j) => points[0].x[j] + 0.5 * (v - points[0].x[j]))) : p));
      sort();
    }
    return points[0].x;
  };
  const solveOne = (chain, known) => {
    const tuned = Object.entries(chain.tuned);
    const shares = (u) => Object.fromEntries(tuned.map(([name, [low, high]], k) =>
      [name, Number((low + (high - low) / (1 + Math.exp(-u[k]))).toPrecision(4))]));
    const found = tuned.length === 0 ? {} : shares(simplexSearch((u) =>
      Math.log(smallest(chain, { ...known, ...shares(u) }) ?? LARGEST), tuned.length));
    const width = smallest(chain, { ...known, ...found });
    if (width === null) return null;
    return { at: valuesAt(chain, { ...known, ...found }, width), m: Math.ceil(Math.ceil(width) / chain.multiple) * chain.multiple };
  };
  const solve = (chain, known) => {
    const first = solveOne(chain, known), other = chain.otherwise;
    if (first === null || !other || first.at[other.unknown] <= other.above) return first && first.m;
    const second = solveOne(other.chain, known);
    return second === null ? null : Math.min(first.m, second.m);
  };

  const data = JSON.parse(document.getElementById("whatif-data").textContent);
  const stated = Object.assign({}, ...data.chains.map((chain) => chain.constants));
  const place = document.getElementById("whatif-place");
  const make = (name, text, attributes = {}) => {
    const node = document.createElement(name);
    node.textContent = text;
    for (const [key, one] of Object.entries(attributes)) node.setAttribute(key, one);
    return node;
  };
  const field = (label, node) => { place.append(make("label", `${label} `, { for: node.id }), node, " "); return node; };
  const row = (cells, kind) => {
    const line = document.createElement("tr");
    cells.forEach((text, index) => line.append(
      kind === "th" || index === 0 ? make("th", text, { scope: kind === "th" ? "col" : "row" }) : make("td", text)));
    return line;
  };
  const shown = (m) => (m === null ? "none" : m < 1e6 ? String(m) : m.toPrecision(4).replace("e+", "e"));

  const compare = (constant, replaced) => {
    const table = document.createElement("table");
    table.append(make("caption", "Widths with this value, the other constants as stated"),
      row(["Chain", "Case", "As stated", "With this value", "Factor"], "th"));
    for (const chain of data.chains.filter((one) => constant in one.constants)) {
      for (const [name, known] of Object.entries(chain.cases)) {
        const m = solve(chain, { ...known, ...chain.constants, [constant]: replaced }), before = chain.stated[name];
        const line = row([chain.id, name, shown(before), shown(m), m === null ? "none" : (m / before).toPrecision(4)], "td");
        Object.assign(line.dataset, { chain: chain.id, case: name, m: m === null ? "none" : m });
        table.append(line);
      }
    }
    return table;
  };
  const show = () => {
    const constant = select.value, replaced = Number(number.value);
    if (!Number.isFinite(replaced) || number.value === "" || (stated[constant] > 0 && replaced <= 0)) {
      answer.replaceChildren(make("p", "Write a number, positive as the stated one is."));
      return;
    }
    const [lemma, name] = constant.split(".");
    const sharp = data.sharp[constant] ? ` Sharp: ${data.sharp[constant]}.` : "";
    const note = make("p", `Stated: ${stated[constant]}.${sharp} Whether the lemma is still true with this value is shown by `);
    note.append(make("code", `python -m verify audit ${lemma} --set ${name}=${number.value}`), ", which also certifies the widths.");
    answer.replaceChildren(note, compare(constant, replaced));
  };
  const choose = () => { number.value = String(stated[select.value]); range.value = "0"; show(); };

  const select = field("Constant", make("select", "", { id: "whatif-name" }));
  Object.keys(stated).sort().forEach((name) => select.append(make("option", name, { value: name })));
  const number = field("Value", make("input", "", { id: "whatif-value", type: "number", step: "any" }));
  const range = field("from a quarter to four times", make("input", "", { id: "whatif-range", type: "range", min: -1, max: 1, step: 0.05 }));
  const answer = make("div", "", { "aria-live": "polite", class: "scroll", tabindex: 0, role: "group", "aria-label": "Widths with this value" });
  place.append(answer);
  select.addEventListener("change", choose);
  number.addEventListener("input", show);
  range.addEventListener("input", () => {
    number.value = String(Number((stated[select.value] * 4 ** Number(range.value)).toPrecision(4)));
    show();
  });
  choose();
})();
