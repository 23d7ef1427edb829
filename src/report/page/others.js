// The best trial next to simple detectors, to the ensemble and to the best trials of other clusters.
function comparedRows() {
  const metric = columns.get(state.metric), set = metric.name.includes(".") ? metric.name.replace(/\..*/, "") : setNames[0];
  const best = [...trialRows].sort(compareBy(metric.name))[0], list = [{name: `trial ${rowName(best)}`, row: best, value: metric.values[best], kind: "own"}];
  if (ensembleRow >= 0 && metric.values[ensembleRow] != null) list.push({name: "ensemble", row: ensembleRow, value: metric.values[ensembleRow], kind: "own"});
  for (const [name, value] of Object.entries(data.trials[best].sets[set]?.baselines ?? {})) list.push({name, value, kind: "simple"});
  return list.sort((a, b) => b.value - a.value);
}

// Dots on one line of values, with intervals if they are known.
function drawComparison(width, list) {
  const line = 28, left = Math.min(width * 0.4, 20 + 7.2 * Math.max(...list.map((each) => each.name.length))), height = line * list.length + 30;
  const ends = list.flatMap(({row, value}) => [value, cell(`${state.metric}_low`, row), cell(`${state.metric}_high`, row)]);
  const x = scale(padded(extent(ends), false), [left, width - 60]);
  const picture = svg("svg", {viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": "ROC AUC of the best trial and of others"});
  for (const tick of x.ticks(5)) picture.append(svg("line", {class: "grid", x1: x(tick), x2: x(tick), y1: 0, y2: height - 24}), svg("text", {x: x(tick), y: height - 8, "text-anchor": "middle"}, number(tick, 3)));
  list.forEach(({name, row, value, kind}, i) => {
    const at = i * line + 14, low = cell(`${state.metric}_low`, row), color = kind === "own" ? "var(--accent)" : "var(--faint)";
    picture.append(svg("text", {class: kind === "own" ? "strong" : "", x: 0, y: at + 4}, name));
    if (low != null) picture.append(svg("line", {class: "whisker", color, x1: x(low), x2: x(cell(`${state.metric}_high`, row)), y1: at, y2: at}));
    picture.append(svg("circle", {class: "dot", color, cx: x(value), cy: at, r: 5}), svg("text", {x: width, y: at + 4, "text-anchor": "end"}, value.toFixed(4)));
  });
  return picture;
}

function clusterTable(names) {
  const metric = columns.get(state.metric), mean = (rows, name) => rows.reduce((sum, row) => sum + (cell(name, row) ?? 0), 0) / rows.length;
  const row = (name) => {
    const rows = trialRows.filter((each) => cell("cluster", each) === name), best = [...rows].sort(compareBy(metric.name))[0];
    return html("tr", {}, html("th", {scope: "row"}, name), [number(rows.length), number(metric.values[best]), number(mean(rows, metric.name)), number(mean(rows, "seconds"), 3), number(Math.round(mean(rows, "samples_per_second")))].map((text) => html("td", {class: "number"}, text)));
  };
  return html("figure", {}, html("h3", {}, "Clusters"), html("div", {class: "scroll"}, html("table", {}, html("thead", {}, html("tr", {}, html("td"),
    ["trials", `best ${metric.name}`, `mean ${metric.name}`, "mean seconds", "mean samples/s"].map((name) => html("th", {scope: "col", class: "number"}, name)))), html("tbody", {}, names.map(row)))));
}

view("#others", (width) => {
  if (!metrics.length || !trialRows.length) return [];
  const figures = [], clusters = [...new Set(trialRows.map((row) => cell("cluster", row)))], half = share(width, 2);
  const list = /(^|\.)roc_auc$/.test(state.metric) ? comparedRows() : [];
  if (list.length > 1) figures.push(html("figure", {}, html("h3", {}, "ROC AUC of the best trial, and of others on the same samples"), drawComparison(half, list)));
  if (clusters.length > 1) figures.push(clusterTable(clusters));
  return figures.length ? [html("div", {class: "charts"}, figures)] : [];
});
