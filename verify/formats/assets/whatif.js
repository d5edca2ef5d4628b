"use strict";
// Shows precomputed answers; it computes nothing. The data, in #whatif-data:
//   {"constants": [{"name", "stated", "options": [{"value", "verdict", "note", "widths": {"chain, case": "m"}}]}]}
// The option whose value is the stated one is what the others are compared with.
(() => {
  const data = JSON.parse(document.getElementById("whatif-data").textContent);
  const place = document.getElementById("whatif-place");

  const make = (name, text, attributes = {}) => {
    const node = document.createElement(name);
    node.textContent = text;
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const choice = (label, id, texts) => {
    const select = make("select", "", { id });
    texts.forEach((text, index) => select.append(make("option", text, { value: index })));
    place.append(make("label", `${label} `, { for: id }), select, " ");
    return select;
  };
  const row = (cells, kind) => {
    const line = document.createElement("tr");
    cells.forEach((text, index) => line.append(
      kind === "th" || index === 0 ? make("th", text, { scope: kind === "th" ? "col" : "row" }) : make("td", text)));
    return line;
  };

  const show = () => {
    const constant = data.constants[names.value];
    const option = constant.options[values.value];
    const stated = constant.options.find((one) => one.value === constant.stated);
    answer.replaceChildren(make("p", `${constant.name} = ${option.value}: ${option.verdict}. ${option.note || ""}`));
    const table = document.createElement("table");
    table.append(make("caption", "Widths with this constant"), row(["Chain and case", "As stated", "With this value"], "th"));
    for (const [name, m] of Object.entries(option.widths)) {
      table.append(row([name, stated ? stated.widths[name] ?? "none" : "none", m], "td"));
    }
    answer.append(table);
  };
  const refill = () => {
    const options = data.constants[names.value].options;
    values.replaceChildren(...options.map((one, index) => make("option", one.value, { value: index })));
    show();
  };

  const names = choice("Constant", "whatif-name", data.constants.map((one) => one.name));
  const values = choice("Value", "whatif-value", []);
  const answer = make("div", "", { "aria-live": "polite" });
  place.append(answer);
  names.addEventListener("change", refill);
  values.addEventListener("change", show);
  if (data.constants.length > 0) refill();
})();
