// Parallel coordinates: a line per trial through its settings to its quality. A brush on an axis becomes a condition of the
// filter, which can also be typed.
function setCondition(name, low, high) {
  const rest = state.filter.split(/\s+/).filter((word) => word && !word.startsWith(`${name}>=`) && !word.startsWith(`${name}<=`));
  if (low != null) rest.push(`${name}>=${Number(low.toPrecision(4))}`, `${name}<=${Number(high.toPrecision(4))}`);
  state.filter = rest.join(" ");
  refresh();
}

function brushOf(column) {
  const bound = (sign) => state.filter.split(/\s+/).find((word) => word.startsWith(column.name + sign));
  const low = bound(">="), high = bound("<=");
  return low && high ? [Number(low.slice(column.name.length + 2)), Number(high.slice(column.name.length + 2))] : null;
}

function addBrush(picture, column, at, y, height) {
  let start = null;
  const shade = svg("rect", {class: "brushed", x: at - 9, width: 18, y: 0, height: 0});
  const pixel = (event) => {
    const box = picture.getBoundingClientRect();
    return Math.max(30, Math.min(height - 12, ((event.clientY - box.top) * height) / box.height));
  };
  const show = (a, b) => { shade.setAttribute("y", Math.min(a, b)); shade.setAttribute("height", Math.abs(a - b)); };
  const area = svg("rect", {class: "brush", x: at - 14, width: 28, y: 24, height: height - 30, on: {
    pointerdown: (event) => { start = pixel(event); area.setPointerCapture(event.pointerId); },
    pointermove: (event) => { if (start != null) show(start, pixel(event)); },
    pointerup: (event) => {
      const end = pixel(event), from = start;
      start = null;
      if (Math.abs(end - from) < 4) setCondition(column.name, null);
      else setCondition(column.name, y.invert(Math.max(from, end)), y.invert(Math.min(from, end)));
    }}}, titled(`Drag to choose a range of ${column.name}; click to choose all`));
  const brushed = brushOf(column);
  if (brushed) show(y(brushed[0]), y(brushed[1]));
  picture.append(shade, area);
}

function drawParallel(width, rows, varied) {
  const most = Math.max(2, Math.floor(width / 95)), metric = columns.get(state.metric);
  const shown = importances(trialRows.filter((row) => metric.values[row] != null)).map((each) => each.column).filter((column) => varied.includes(column) || brushOf(column)).slice(0, most - 1);
  const axes = [...shown, metric], height = 300, everyOne = trialRows.filter((row) => cell("status", row) === "done" && metric.values[row] != null);
  const picture = svg("svg", {viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `Settings of ${plural(rows.length, "trial")} and their ${state.metric}`});
  const left = 40, right = 60, places = axes.map((column, i) => left + (i * (width - left - right)) / Math.max(1, axes.length - 1));
  const scales = axes.map((column) => {
    const axis = axisOf(column, everyOne), isDown = column === metric && metric.better < 0;
    return {axis, y: scale(axis.domain, isDown ? [30, height - 12] : [height - 12, 30], axis.isLog)};
  });
  const line = (row) => path(axes.map((column, i) => [places[i], column.values[row] == null ? NaN : scales[i].axis.of(row)]).map(([at, value], i) => [at, scales[i].y(value)]), (v) => v, (v) => v);
  const visible = new Set(rows);
  for (const row of everyOne) if (!visible.has(row)) picture.append(svg("path", {class: "trace out", d: line(row)}));
  for (const row of rows) if (!colorOf(row)) picture.append(svg("path", {class: "trace back", opacity: Math.max(0.05, Math.min(0.5, 25 / rows.length)), d: line(row)}));
  for (const row of rows) if (colorOf(row)) picture.append(svg("path", {class: "trace", color: colorOf(row), d: line(row)}, titled(`${rowName(row)} ${rowSettings(row)}`)));
  axes.forEach((column, i) => {
    const {axis, y} = scales[i], at = places[i];
    picture.append(svg("line", {class: "axis", x1: at, x2: at, y1: 30, y2: height - 12}),
      svg("text", {class: "strong", x: i === axes.length - 1 ? width : i ? at : 0, y: 14, "text-anchor": i === axes.length - 1 ? "end" : i ? "middle" : "start"}, shortName(column).length > 16 ? `…${shortName(column).slice(-14)}` : shortName(column)));
    const ticks = axis.isText ? axis.values.map((value, k) => [y(k), value.slice(0, 14)]) : (axis.values.length <= 8 ? axis.values : y.ticks(5)).map((tick) => [y(tick), number(tick, 3)]);
    for (const [tick, text] of ticks) picture.append(svg("text", {class: "halo", x: at + 6, y: tick + 4}, text));
    if (!axis.isText) addBrush(picture, column, at, y, height);
  });
  return [html("p", {class: "note"}, "Every line is a trial. Drag along an axis to choose a range, which becomes a condition of the filter above; click the axis to drop it."), picture];
}
