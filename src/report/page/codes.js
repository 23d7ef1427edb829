// Codes of the trial in focus in the plane of their first two principal components.
view("#codes", (width) => {
  const scores = scoresOf(state.focus), codes = scores?.codes;
  if (!codes?.sample?.length) return [];
  const size = Math.min(width, 620), height = Math.round(size * 0.7), x = scale(padded(extent(codes.x), false), xRange(size)), y = scale(padded(extent(codes.y), false), yRange(height));
  const picture = frame({width: size, height, x, y, xLabel: `first component, ${percent(codes.share_x)} of the variance`, yLabel: `second component, ${percent(codes.share_y)}`, about: "Codes in the plane of their first two principal components"});
  for (const kind of [0, 1]) codes.sample.forEach((sample, i) => {
    if (Number(codes.anomaly?.[i] ?? 0) === kind) picture.append(svg("circle", {class: `dot codes ${kind ? "anomaly" : "normal"}`, cx: x(codes.x[i]), cy: y(codes.y[i]), r: 3}, titled(`sample ${sample}${kind ? ", anomalous" : ""}`)));
  });
  return [picture, html("p", {class: "note"}, `Trial ${rowName(state.focus)}: ${plural(codes.sample.length, "sample")} of ${number(scores.samples)}, codes of ${plural(codes.units, "value")}.`,
    scores.anomalies ? [" ", html("span", {class: "key", color: "var(--normal)"}), " normal ", html("span", {class: "key", color: "var(--anomaly)"}), " anomalous"] : null)];
});
