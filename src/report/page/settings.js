// What the settings of the sweep do: their importance, quality along each of them, and quality against cost.
const costColumns = ["seconds", "parameters", "epochs", "wall_seconds"].map((name) => columns.get(name)).filter((column) => column && new Set(column.values).size > 1);
let costName = costColumns[0]?.name;

const judgedRows = () => visibleRows().filter((row) => row !== ensembleRow && cell("status", row) === "done" && cell(state.metric, row) != null);
const isVaried = (column, rows) => new Set(rows.map((row) => column.values[row])).size > 1;

// Values of a setting in at most `most` classes: its values, or for more values, parts with equally many trials.
function classOf(column, rows, most = 8) {
  const values = [...new Set(rows.map((row) => column.values[row]))].sort((a, b) => (column.is_text ? String(a).localeCompare(b) : a - b));
  if (column.is_text || values.length <= most) return (row) => values.indexOf(column.values[row]);
  const order = rows.map((row) => column.values[row]).sort((a, b) => a - b);
  const cuts = [...Array(most - 1).keys()].map((i) => order[Math.floor(((i + 1) * order.length) / most)]);
  return (row) => cuts.filter((cut) => column.values[row] >= cut).length;
}

// Importance by PED-ANOVA (Watanabe, Bansal and Hutter 2023): how far the best tenth of the trials, but at least five,
// prefers some values of the setting, as the Pearson divergence of its distribution from that of all trials.
function importances(rows) {
  const best = [...rows].sort(compareBy(state.metric)).slice(0, Math.max(5, Math.ceil(rows.length / 10)));
  const raw = settings.filter((column) => isVaried(column, rows)).map((column) => {
    const index = classOf(column, rows), all = new Map(), top = new Map();
    for (const row of rows) all.set(index(row), (all.get(index(row)) ?? 0) + 1);
    for (const row of best) top.set(index(row), (top.get(index(row)) ?? 0) + 1);
    let divergence = 0;
    for (const [key, count] of all) divergence += (count / rows.length) * (((top.get(key) ?? 0) / best.length) / (count / rows.length) - 1) ** 2;
    return {column, divergence};
  });
  const sum = raw.reduce((total, each) => total + each.divergence, 0);
  return raw.map((each) => ({...each, share: sum ? each.divergence / sum : 0})).sort((a, b) => b.share - a.share);
}

function drawImportance(width, list) {
  const line = 26, left = Math.min(width * 0.45, 12 + 7 * Math.max(...list.map((each) => shortName(each.column).length)));
  const picture = svg("svg", {viewBox: `0 0 ${width} ${line * list.length}`, width, height: line * list.length, role: "img", "aria-label": "Importance of each setting"});
  list.forEach(({column, share: part}, i) => picture.append(svg("text", {class: "strong", x: 0, y: i * line + 17}, shortName(column)),
    svg("rect", {class: "bar", x: left, y: i * line + 5, width: Math.max(1, part * (width - left - 50)), height: line - 10, rx: 2}),
    svg("text", {x: left + part * (width - left - 50) + 6, y: i * line + 17}, percent(part))));
  return picture;
}

const axisOf = (column, rows) => {
  const values = [...new Set(rows.map((row) => column.values[row]))].filter((value) => value != null && value !== "");
  if (column.is_text) {
    values.sort();
    return {isText: true, values, domain: [-0.5, values.length - 0.5], isLog: false, of: (row) => values.indexOf(column.values[row])};
  }
  values.sort((a, b) => a - b);
  const range = extent(values), isLog = !/seed$/.test(column.name) && (asksForLog(range) || (range[0] > 0 && values.length > 2 && range[1] / range[0] > 7));
  return {isText: false, values, domain: padded(range, isLog), isLog, of: (row) => column.values[row]};
};

// One dot per trial: quality along a column. With few values of the column, also their means.
function drawSlice(width, column, rows, height = 200) {
  const axis = axisOf(column, rows), metric = columns.get(state.metric), known = rows.filter((row) => column.values[row] != null && axis.of(row) >= axis.domain[0]);
  const sorted = known.map((row) => metric.values[row]).sort((a, b) => a - b);
  const x = scale(axis.domain, xRange(width), axis.isLog), y = scale(padded(extent(sorted), false), yRange(height));
  if (axis.isText) x.ticks = () => [];
  else if (column.is_setting && axis.values.length <= 5) x.ticks = () => axis.values;
  const picture = frame({width, height, x, y, xLabel: shortName(column), yLabel: state.metric, about: `${state.metric} against ${column.name}`});
  if (axis.isText) axis.values.forEach((value, i) => picture.append(svg("text", {x: x(i), y: height - margin.bottom + 17, "text-anchor": "middle"}, value.length > 14 ? `${value.slice(0, 12)}…` : value)));
  for (const row of known) picture.append(svg("circle", {class: colorOf(row) ? "dot" : "dot back", color: colorOf(row), cx: x(axis.of(row)), cy: y(metric.values[row]), r: colorOf(row) ? 4.5 : 3},
    titled(`${rowName(row)} ${rowSettings(row)}: ${number(metric.values[row])}`)));
  if (axis.values.length > 1 && axis.values.length <= 12) for (const value of axis.values) {
    const group = known.filter((row) => column.values[row] === value), at = x(axis.of(group[0]));
    const mean = group.reduce((sum, row) => sum + metric.values[row], 0) / group.length;
    if (group.length > 1) picture.append(svg("line", {class: "mean", x1: at - 9, x2: at + 9, y1: y(mean), y2: y(mean)}, titled(`mean ${number(mean)} of ${group.length}`)));
  }
  return {picture, x, y, known};
}

// Quality against cost, with the front: the trials that no other one beats in both.
function drawCost(width, rows) {
  const column = columns.get(costName), metric = columns.get(state.metric);
  const {picture, x, y, known} = drawSlice(width, column, rows, 300);
  const order = [...known].sort((a, b) => column.values[a] - column.values[b] || compareBy(state.metric)(a, b)), front = [];
  for (const row of order) if (!front.length || compareBy(state.metric)(row, front[front.length - 1]) < 0) front.push(row);
  const points = front.map((row) => [column.values[row], metric.values[row]]);
  if (points.length) points.push([x.domain[1], points[points.length - 1][1]]);
  picture.append(svg("path", {class: "trace", color: "var(--ink)", d: path(points, x, y, true)}, titled("front: no trial is better and cheaper")));
  return picture;
}

view("#settings", (width) => {
  const rows = judgedRows();
  if (trialRows.length < 3 || !metrics.length) return [];
  const varied = settings.filter((column) => isVaried(column, rows)), nodes = [];
  if (rows.length < 3) return [html("p", {class: "soft"}, "Too few trials meet the filter.")];
  if (varied.length) nodes.push(...drawParallel(width, rows, varied));
  const half = share(width, 2), figures = [];
  if (varied.length > 1 && rows.length >= 10) figures.push(html("figure", {}, html("h3", {}, "Importance"), drawImportance(half, importances(rows)),
    html("p", {class: "note"}, "How strongly the best tenth of the trials prefers some values of a setting (PED-ANOVA, Watanabe et al. 2023). Interactions are not shown.")));
  if (costName) figures.push(html("figure", {}, html("h3", {}, "Quality against cost"), drawCost(half, rows),
    html("div", {class: "controls"}, chooser("Cost", costColumns.map((column) => [column.name, column.about]), costName, (name) => { costName = name; refresh("#settings"); }))));
  nodes.push(html("div", {class: "charts"}, figures));
  if (varied.length) nodes.push(html("div", {class: "charts small"}, varied.map((column) =>
    html("figure", {}, html("h3", {title: column.about}, shortName(column)), drawSlice(share(width, 4, 225), column, rows).picture))));
  return nodes;
});
