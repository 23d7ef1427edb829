// The errors of normal and anomalous samples of the trial in focus, with a threshold to move and what it decides.
const setNames = (data.sets ?? "").split("\n").filter((name) => name);
const currentSet = () => (setNames.includes(state.set) ? state.set : setNames[0]);
const scoresOf = (row) => data.trials[row]?.sets[currentSet()];

const binEdge = ({low, high, log, normal}, i) => (log ? low * (high / low) ** (i / normal.length) : low + ((high - low) * i) / normal.length);
const sumFrom = (counts, first) => counts.slice(first).reduce((sum, count) => sum + count, 0);

// The decisions at the threshold: the stored one, whose counts are stored, too, or the edge of a bin.
function decisions(scores) {
  const {histogram} = scores, bin = state.threshold;
  const isStored = bin == null;
  const hits = isStored ? scores.hits : sumFrom(histogram.anomalous, bin);
  const alarms = isStored ? scores.alarms : sumFrom(histogram.normal, bin);
  const positives = scores.anomalies ?? 0, negatives = scores.samples - positives;
  const precision = hits / (hits + alarms), recall = hits / positives;
  return {threshold: isStored ? scores.threshold : binEdge(histogram, bin), hits, alarms, misses: positives - hits, rest: negatives - alarms,
    precision, recall, f1: (2 * hits) / (hits + alarms + positives), falseRate: alarms / negatives};
}

function drawHistogram(width, {histogram, anomalies}, threshold) {
  const height = 240, half = anomalies ? (height - margin.bottom - margin.top) / 2 : height - margin.bottom - margin.top;
  const x = scale([histogram.low, histogram.high], xRange(width), histogram.log);
  const y = scale([0, 1], yRange(height));
  y.ticks = () => [];
  const picture = frame({width, height, x, y, xLabel: "error", yLabel: anomalies ? "normal up, anomalous down (root of the count)" : "samples",
    about: "Histogram of the errors, with the threshold"});
  const middle = margin.top + half;
  const draw = (counts, kind, sign, most) => counts.forEach((count, i) => {
    if (!count) return;
    const left = x(binEdge(histogram, i)), wide = x(binEdge(histogram, i + 1)) - left, tall = Math.max(1, Math.sqrt(count / most) * (half - 8));
    const isAbove = threshold != null && binEdge(histogram, i) >= threshold * (1 - 1e-9);
    picture.append(svg("rect", {class: `${kind}${isAbove ? "" : " veil"}`, x: left, width: Math.max(1, wide - 0.6), y: sign < 0 ? middle - tall : middle, height: tall},
      titled(`${number(count)} ${kind === "normal" ? "normal" : "anomalous"}, error ${number(binEdge(histogram, i), 3)} to ${number(binEdge(histogram, i + 1), 3)}`)));
  });
  draw(histogram.normal, "normal", -1, Math.max(1, ...histogram.normal));
  if (anomalies) {
    draw(histogram.anomalous, "anomaly", 1, Math.max(1, ...histogram.anomalous));
    picture.append(svg("line", {class: "axis", x1: margin.left, x2: width - margin.right, y1: middle, y2: middle}));
  }
  if (threshold != null) {
    const at = Math.max(margin.left, Math.min(width - margin.right, x(Math.max(threshold, histogram.log ? histogram.low / 10 : -Infinity))));
    picture.append(svg("line", {class: "rule", x1: at, x2: at, y1: margin.top, y2: height - margin.bottom}),
      svg("text", {class: "strong", x: at + (at > width * 0.7 ? -6 : 6), y: margin.top + 10, "text-anchor": at > width * 0.7 ? "end" : "start"}, `threshold ${number(threshold, 3)}`));
  }
  return picture;
}

function confusionTable(d) {
  const amount = (count, isWrong) => html("td", {class: `number${isWrong && count ? " wrong" : ""}`}, number(count));
  return html("table", {class: "confusion"}, html("caption", {}, "Samples at this threshold"),
    html("thead", {}, html("tr", {}, html("td"), html("th", {scope: "col", class: "number"}, "called normal"), html("th", {scope: "col", class: "number"}, "called anomalous"))),
    html("tbody", {}, html("tr", {}, html("th", {scope: "row"}, "normal"), amount(d.rest), amount(d.alarms, true)),
      html("tr", {}, html("th", {scope: "row"}, "anomalous"), amount(d.misses, true), amount(d.hits))));
}

const facts = (pairs) => html("dl", {class: "facts"}, pairs.flatMap(([name, value]) => [html("dt", {}, name), html("dd", {}, value)]));

function costOf(scores, d) {
  if (d.threshold == null) return [html("p", {class: "soft"}, "No threshold is stored: move the slider to choose one.")];
  if (!scores.anomalies) return [facts([["threshold", number(d.threshold)], ["samples above it", `${number(d.alarms)} of ${number(scores.samples)}`], ["share", percent(d.alarms / scores.samples)]])];
  return [confusionTable(d), facts([["precision", percent(d.precision)], ["recall", percent(d.recall)], ["F1", number(d.f1)], ["false alarms", percent(d.falseRate)]])];
}

// The bin whose lower edge is nearest to the threshold.
function binOfThreshold({histogram, threshold}) {
  const edges = [...histogram.normal.keys()];
  return threshold == null ? edges.length : edges.reduce((a, b) => (Math.abs(binEdge(histogram, b) - threshold) < Math.abs(binEdge(histogram, a) - threshold) ? b : a));
}

function thresholdSlider(scores, redraw) {
  const slider = html("input", {type: "range", id: "threshold", min: 0, max: scores.histogram.normal.length, step: 1, value: state.threshold ?? binOfThreshold(scores),
    "aria-label": "Threshold", on: {input: () => { state.threshold = Number(slider.value); redraw(); }}});
  return slider;
}

function errorControls(scores) {
  const rows = selectedRows().filter((row) => scoresOf(row));
  return html("div", {class: "controls"},
    rows.length > 1 ? chooser("Trial", rows.map((row) => [String(row), rowName(row)]), String(state.focus), (row) => { focusOn(Number(row)); refresh(); }) : null,
    setNames.length > 1 ? chooser("Test set", setNames.map((name) => [name, name]), currentSet(), (name) => { state.set = name; state.threshold = null; refresh(); }) : null,
    scores.threshold == null ? null : html("button", {on: {click: () => { state.threshold = null; refresh("#errors"); }}}, "Back to the stored threshold"));
}

view("#errors", (width) => {
  const scores = scoresOf(state.focus);
  if (!scores?.histogram) return [];
  const isWide = width > 700, left = isWide ? Math.floor((width - 40) * 2 / 3) : width;
  const picture = html("div", {class: "wide"}), cost = html("div", {role: "status", "aria-live": "polite"}), curves = html("div", {class: "charts"});
  const redraw = () => {
    const d = decisions(scores);
    picture.replaceChildren(drawHistogram(left, scores, d.threshold));
    cost.replaceChildren(...costOf(scores, d));
    curves.replaceChildren(...(scores.curve ? drawRanking(width, d) : []));
  };
  redraw();
  const slider = html("div", {class: "wide"}, picture, thresholdSlider(scores, redraw));
  const note = scores.unscored ? html("p", {class: "note"}, `${plural(scores.unscored, "sample")} without an error: missing or infinite values.`) : null;
  return [errorControls(scores), html("div", {class: "two"}, slider, cost), note, curves].filter((node) => node);
});
