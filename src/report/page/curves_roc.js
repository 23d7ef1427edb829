// ROC and precision-recall curves of the selected trials, with the point at which the threshold of the trial in focus works.
const rocPoints = (scores) => [[0, 0], ...scores.curve.hits.map((hits, i) => [scores.curve.alarms[i] / (scores.samples - scores.anomalies), hits / scores.anomalies])];
const recallPoints = (scores) => scores.curve.hits.map((hits, i) => [hits / scores.anomalies, hits / (hits + scores.curve.alarms[i])]).filter(([recall]) => recall > 0);

function drawRates(width, {title, points, at, xLabel, yLabel, chance}) {
  const size = Math.min(width, 430), height = Math.round(size * 0.82);
  const x = scale([0, 1], xRange(size)), y = scale([0, 1], yRange(height));
  const picture = frame({width: size, height, x, y, xLabel, yLabel, about: `${title} of the selected trials`});
  picture.append(svg("line", {class: "diagonal", x1: x(0), y1: y(chance[0]), x2: x(1), y2: y(chance[1])}, titled("chance")));
  const rows = new Set([...selectedRows(), state.focus]);
  for (const row of [...rows].sort((a, b) => (a === state.focus) - (b === state.focus))) {
    const scores = scoresOf(row);
    if (scores?.curve) picture.append(svg("path", {class: "trace", color: colorOf(row) ?? "var(--accent)", d: path(points(scores), x, y)}, titled(rowName(row))));
  }
  if (at.every(Number.isFinite)) picture.append(svg("circle", {class: "dot hollow", color: colorOf(state.focus) ?? "var(--accent)", cx: x(at[0]), cy: y(at[1]), r: 5.5},
    titled(`${rowName(state.focus)} at the threshold: ${xLabel} ${number(at[0], 3)}, ${yLabel} ${number(at[1], 3)}`)));
  return html("figure", {}, html("h3", {}, title), picture);
}

function drawRanking(width, d) {
  const each = share(width, 2), scores = scoresOf(state.focus), rate = scores.anomalies / scores.samples;
  return [
    drawRates(each, {title: "ROC curve", points: rocPoints, at: [d.falseRate, d.recall], xLabel: "false alarms", yLabel: "recall", chance: [0, 1]}),
    drawRates(each, {title: "Precision and recall", points: recallPoints, at: [d.recall, d.precision], xLabel: "recall", yLabel: "precision", chance: [rate, rate]}),
  ];
}
