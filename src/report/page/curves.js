// Learning curves of the selected trials. Trials that differ only in their seed can be joined: their mean and their range.
const curveChoice = {isLog: null, joinsSeeds: true, shows: "both"};

const epochsOf = (history) => history.epoch ?? [];
const seedsOf = (row) => trialRows.filter((other) => cell("configuration", other) === cell("configuration", row));
const hasSeeds = () => selectedRows().some((row) => row !== ensembleRow && seedsOf(row).length > 1);

// The curve of a row as points [epoch, mean, low, high].
function curvePoints(row, name, joins) {
  const histories = (joins ? seedsOf(row) : [row]).map((each) => data.trials[each].history).filter((history) => history[name]);
  if (!histories.length) return [];
  const longest = histories.reduce((a, b) => (epochsOf(b).length > epochsOf(a).length ? b : a));
  return epochsOf(longest).map((epoch, i) => {
    const values = histories.filter((history) => epochsOf(history)[i] === epoch).map((history) => history[name][i]).filter((value) => value != null);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [epoch, values.length ? mean : NaN, Math.min(...values), Math.max(...values)];
  });
}

function bandPath(points, x, y) {
  const good = points.filter(([, mean, low]) => Number.isFinite(mean) && (!y.isLog || low > 0));
  if (good.length < 2) return null;
  const line = (list, k) => list.map((point) => `${x(point[0]).toFixed(1)},${y(point[k]).toFixed(1)}`).join("L");
  return `M${line(good, 3)}L${line(good.toReversed(), 2)}Z`;
}

function drawCurves(width, lines) {
  const height = Math.round(Math.min(420, Math.max(260, width * 0.45)));
  const values = lines.flatMap((line) => line.points.flatMap((point) => point.slice(1)));
  const range = extent(values), isLog = curveChoice.isLog ?? asksForLog(range);
  const positive = isLog && range[0] <= 0 ? [Math.min(...values.filter((value) => value > 0)), range[1]] : range;
  const x = scale(extent(lines.flatMap((line) => line.points.map((point) => point[0]))), xRange(width));
  const y = scale(padded(positive, isLog), yRange(height), isLog), everyTick = x.ticks;
  x.ticks = (count) => everyTick(count).filter((tick) => Number.isInteger(tick));
  const picture = frame({width, height, x, y, xLabel: "epoch", yLabel: "loss", about: `Learning curves of ${plural(selectedRows().length, "trial")}`});
  for (const line of lines) if (line.isJoined) picture.append(svg("path", {class: "band", color: line.color, d: bandPath(line.points, x, y)}));
  for (const line of lines) picture.append(svg("path", {class: `trace ${line.isSecond ? "second" : ""}`, color: line.color, d: path(line.points, x, y)}, titled(line.name)));
  for (const line of lines) if (line.points.length === 1) picture.append(svg("circle", {class: line.isSecond ? "dot hollow" : "dot", color: line.color, cx: x(line.points[0][0]), cy: y(line.points[0][1]), r: 4}, titled(line.name)));
  return {picture, x, y, height};
}

// Shows the values at the pointer: a vertical line, and a sentence below the picture.
function addReadout({picture, x, height}, lines, readout) {
  const rule = svg("line", {class: "axis", y1: margin.top, y2: height - margin.bottom, visibility: "hidden"});
  picture.append(rule);
  picture.addEventListener("pointermove", (event) => {
    const at = x.invert((event.offsetX * picture.viewBox.baseVal.width) / picture.clientWidth);
    const nearest = (points) => points.reduce((a, b) => (Math.abs(b[0] - at) < Math.abs(a[0] - at) ? b : a));
    const epoch = nearest(lines[0].points)[0];
    for (const [key, value] of [["x1", x(epoch)], ["x2", x(epoch)], ["visibility", "visible"]]) rule.setAttribute(key, value);
    readout.textContent = `Epoch ${epoch}: ${lines.filter((line) => !line.isSecond).map((line) => `${line.label} ${number(nearest(line.points)[1])}`).join(", ")}`;
  });
}

view("#curves", (width) => {
  const rows = selectedRows().filter((row) => row !== ensembleRow), joins = hasSeeds() && curveChoice.joinsSeeds, lines = [];
  const has = (name) => rows.some((row) => data.trials[row].history[name]?.some((value) => value != null));
  const shown = [["validation_loss", "validation"], ["train_loss", "training"]].filter(([name, kind]) => has(name) && ["both", kind].includes(curveChoice.shows));
  const seen = new Set();
  for (const row of rows) {
    if (joins && seen.has(cell("configuration", row))) continue;
    seen.add(cell("configuration", row));
    for (const [k, [name, kind]] of shown.entries()) {
      const points = curvePoints(row, name, joins);
      if (points.length) lines.push({points, color: colorOf(row), isSecond: k > 0, isJoined: joins && seedsOf(row).length > 1, label: rowName(row), name: `${rowName(row)}, ${kind} loss`});
    }
  }
  const controls = html("div", {class: "controls"},
    has("validation_loss") ? chooser("Loss", [["both", "validation, training dashed"], ["validation", "validation"], ["training", "training"]], curveChoice.shows, (value) => { curveChoice.shows = value; refresh("#curves"); }) : null,
    checkbox("Logarithmic", curveChoice.isLog ?? asksForLog(extent(lines.flatMap((line) => line.points.map((point) => point[1])))), (on) => { curveChoice.isLog = on; refresh("#curves"); }),
    hasSeeds() ? checkbox("Join seeds: mean and range", curveChoice.joinsSeeds, (on) => { curveChoice.joinsSeeds = on; refresh("#curves"); }) : null);
  if (!trialRows.some((row) => data.trials[row].history.train_loss?.length)) return [];
  if (!lines.length) return [controls, html("p", {class: "soft"}, "Select trials in the leaderboard to see their learning curves.")];
  const readout = html("p", {class: "readout"}), drawn = drawCurves(width, lines);
  addReadout(drawn, lines, readout);
  return [controls, drawn.picture, readout];
});
