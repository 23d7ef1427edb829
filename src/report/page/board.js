// The leaderboard: sorted by a column, filtered, with a picture of the metric and its confidence interval in each row.
const boardLimit = 25;

function boardColumns() {
  const prefix = state.metric.replace(/[^.]*$/, "");
  const usual = ["roc_auc", "average_precision", "best_f1", "mean_error"].map((name) => prefix + name)
    .concat("validation_loss", "train_loss", "parameters", "seconds");
  const names = [...settings.map((column) => column.name), state.metric, ...usual, "cluster", "status"];
  const shown = state.showsEveryColumn ? data.columns.filter((column) => column.name !== "trial") : [...new Set(names)].map((name) => columns.get(name));
  return shown.filter((column) => {
    const values = new Set(column?.values.filter((value) => value != null && value !== ""));
    return state.showsEveryColumn ? values.size > 0 : values.size > 1 || (values.size === 1 && !column.is_text && !column.is_setting);
  });
}

function sortedRows(rows) {
  if (!state.sort) return rows.sort(compareBy(state.metric));
  const {values} = columns.get(state.sort), sign = state.descending ? -1 : 1;
  return rows.sort((a, b) => {
    const x = values[a], y = values[b];
    if (x == null || y == null) return (x == null) - (y == null);
    return sign * (x < y ? -1 : x > y ? 1 : 0);
  });
}

function sortBy(name) {
  const better = columns.get(name).better;
  state.descending = state.sort === name ? !state.descending : better > 0;
  state.sort = name;
  refresh("#board");
  [...document.querySelectorAll(".board th button")].find((button) => button.dataset.name === name)?.focus();
}

function heading(column) {
  const sorted = (state.sort ?? state.metric) === column.name;
  const descending = state.sort ? state.descending : column.better > 0;
  return html("th", {scope: "col", class: column.is_text ? null : "number", "aria-sort": sorted ? (descending ? "descending" : "ascending") : null,
    title: `${column.name}: ${column.about}`}, html("button", {"data-name": column.name, on: {click: () => sortBy(column.name)}}, shortName(column), sorted ? (descending ? " ↓" : " ↑") : ""));
}

// A dot for the metric, and a line for its interval. Values far below the others lie on the left edge.
function intervalScale(rows) {
  const metric = columns.get(state.metric), ends = [];
  const sorted = rows.map((row) => metric.values[row]).filter((value) => value != null).sort((a, b) => a - b);
  const middle = sorted.slice(metric.better > 0 ? Math.floor(sorted.length / 4) : 0, metric.better > 0 ? undefined : Math.ceil(sorted.length * 0.75));
  for (const row of rows) if (middle.includes(metric.values[row])) ends.push(metric.values[row], cell(`${state.metric}_low`, row), cell(`${state.metric}_high`, row));
  return scale(extent(ends), [6, 134]);
}

function intervalCell(row, x) {
  const value = cell(state.metric, row), low = cell(`${state.metric}_low`, row), high = cell(`${state.metric}_high`, row);
  const picture = svg("svg", {width: 140, height: 16, "aria-hidden": "true", color: colorOf(row)});
  const inside = (v) => Math.max(2, Math.min(138, x(v)));
  if (low != null) picture.append(svg("line", {class: "whisker", x1: inside(low), x2: inside(high), y1: 8, y2: 8}));
  if (value != null) picture.append(svg("circle", {class: "dot", cx: inside(value), cy: 8, r: 4}));
  return html("td", {}, picture);
}

// True for a metric between 0 and 1, which is shown with as many decimals in every row.
const isShare = (column) => column.better > 0 && extent(column.values)[0] >= 0 && extent(column.values)[1] <= 1;

function boardRow(row, shown, x) {
  const box = html("input", {type: "checkbox", checked: state.colors.has(row), disabled: !state.colors.has(row) && state.colors.size >= colorCount,
    on: {change: (event) => { select(row, event.target.checked); refresh(); find(`#row${row} input`)?.focus(); }}});
  const cells = shown.map((column) => {
    const value = column.values[row];
    const isTrouble = column.name === "status" && value !== "done";
    return html("td", {class: column.is_text ? (isTrouble ? "status" : "text") : "number", title: column.is_text ? value : null},
      column.is_text ? value : isShare(column) && value != null ? value.toFixed(4) : number(value));
  });
  return html("tr", {id: `row${row}`, class: row === ensembleRow ? "ensemble" : null},
    html("td", {}, html("label", {}, box, html("span", {class: "key", color: colorOf(row)}), rowName(row))), intervalCell(row, x), cells);
}

function failedTable() {
  return html("div", {class: "scroll"}, html("table", {}, html("caption", {}, `${plural(data.failed.length, "trial")} failed`),
    html("thead", {}, html("tr", {}, ["trial", "when", "reason"].map((name) => html("th", {scope: "col"}, name)))),
    html("tbody", {}, data.failed.map((trial) => html("tr", {}, html("td", {}, trial.trial.slice(0, 8)), html("td", {}, trial.when),
      html("td", {class: "wrap"}, trial.reason))))));
}

function boardControls(found) {
  const example = settings.find((column) => !column.is_text) ?? columns.get(state.metric);
  const filter = html("input", {type: "search", value: state.filter, placeholder: `${example.name}>=${number(median(example.values), 2)}, or a word`,
    on: {input: (event) => { state.filter = event.target.value; refresh(); const again = find("#board input[type=search]"); again.focus(); again.setSelectionRange(9999, 9999); }}});
  return html("div", {class: "controls"},
    chooser("Judged by", metrics.map((metric) => [metric.name, metric.name]), state.metric, (name) => { state.metric = name; state.sort = null; refresh(); }),
    html("label", {}, "Filter", filter), html("span", {class: "soft", role: "status"}, `${found} of ${everyRow.length}`),
    checkbox("Every column", state.showsEveryColumn, (on) => { state.showsEveryColumn = on; refresh("#board"); }));
}

view("#board", () => {
  if (!metrics.length) return data.failed.length ? [failedTable()] : [];
  const rows = sortedRows(visibleRows()), shown = boardColumns(), x = intervalScale(rows);
  const listed = state.showsAll ? rows : rows.slice(0, boardLimit);
  const table = html("table", {class: "board"}, html("caption", {class: "hidden"}, "Trials, sorted; a checked trial is shown in the pictures below"),
    html("thead", {}, html("tr", {}, html("th", {scope: "col"}, "trial"), html("th", {scope: "col"}, columns.has(`${state.metric}_low`) ? "95 % interval" : state.metric), shown.map(heading))),
    html("tbody", {}, listed.map((row) => boardRow(row, shown, x))));
  const more = rows.length > listed.length ? html("button", {on: {click: () => { state.showsAll = true; refresh("#board"); }}}, `Show all ${rows.length}`) : null;
  return [boardControls(rows.length), html("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": "Leaderboard"}, table), more,
    data.failed.length ? failedTable() : null].filter((node) => node);
});
