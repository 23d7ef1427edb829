// The errors of time steps of the trial in focus, with the threshold and the true anomalies.
view("#series", (width) => {
  const series = scoresOf(state.focus)?.series;
  if (!series?.error?.length) return [];
  const height = 240, range = extent([...series.error, series.threshold]), isLog = range[0] > 0 && range[1] / range[0] > 200;
  const x = scale([0, series.steps - 1], xRange(width)), y = scale(isLog ? range : [0, range[1] * 1.05], yRange(height), isLog);
  const picture = frame({width, height, x, y, xLabel: "time step", yLabel: "error", about: "Errors of time steps, with the true anomalies"});
  for (const [first, last] of series.anomalies) picture.prepend(svg("rect", {class: "stretch", x: x(first - 0.5), width: Math.max(2, x(last + 0.5) - x(first - 0.5)), y: margin.top, height: height - margin.top - margin.bottom},
    titled(`true anomaly: steps ${number(first)} to ${number(last)}`)));
  const piece = series.steps / series.error.length;
  picture.append(svg("path", {class: "trace", color: colorOf(state.focus) ?? "var(--accent)", d: path(series.error.map((error, i) => [(i + 0.5) * piece, error]), x, y)}));
  if (series.threshold != null) picture.append(svg("line", {class: "limit", x1: x(0), x2: x(series.steps - 1), y1: y(series.threshold), y2: y(series.threshold)}, titled(`threshold of time steps ${number(series.threshold)}`)));
  return [picture, html("p", {class: "note"}, `Trial ${rowName(state.focus)}, ${plural(series.steps, "time step")}${piece > 1 ? `, the largest error of every ${number(piece, 2)}` : ""}. Shaded: true anomalies. Line: the threshold.`)];
});
