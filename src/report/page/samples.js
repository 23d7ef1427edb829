// The samples with the highest and the lowest errors of the trial in focus; wrong decisions are marked.
function sampleTable(title, samples, scores, most) {
  const hasLabels = samples.some((sample) => sample[2] != null), hasMarks = scores.anomalies != null, isMixed = new Set(samples.map((sample) => sample[3])).size > 1, limit = decisions(scores).threshold, hasReasons = !gallery(samples) && samples.some(([sample]) => picturedSet()?.samples?.[sample]?.why);
  const heads = ["sample", "error", "", ...(hasLabels ? ["label"] : []), ...(isMixed ? ["is"] : []), ...(limit == null ? [] : ["called"]), ...(hasReasons ? ["explained by"] : [])];
  const row = ([sample, error, label, isAnomaly]) => {
    const called = error > limit, why = picturedSet()?.samples?.[sample]?.why, isWrong = hasMarks && called !== Boolean(isAnomaly);
    const bar = svg("svg", {width: 56, height: 10, "aria-hidden": "true"}, svg("rect", {class: isAnomaly ? "anomaly" : "normal", width: Math.max(1, (56 * error) / most), height: 10, rx: 2}));
    return html("tr", {}, html("td", {class: "number"}, String(sample)), html("td", {class: "number"}, number(error)), html("td", {}, bar),
      hasLabels ? html("td", {}, number(label)) : null, isMixed ? html("td", {}, isAnomaly ? "anomalous" : "normal") : null,
      limit == null ? null : html("td", {class: isWrong ? "status" : null}, called ? "anomalous" : "normal", isWrong ? " ✗" : ""), hasReasons ? html("td", {}, why ?? "") : null);
  };
  return html("div", {class: "scroll"}, html("h3", {}, title), gallery(samples), html("table", {}, html("thead", {}, html("tr", {}, heads.map((name, i) => html("th", {scope: "col", class: i < 2 ? "number" : null}, name)))),
    html("tbody", {}, samples.map(row))));
}

view("#samples", () => {
  const scores = scoresOf(state.focus);
  if (!scores?.worst?.length) return [];
  const most = Math.max(...scores.worst.map((sample) => sample[1]), 1e-30);
  const missing = data.pictures.missing && state.focus === 0 ? html("p", {class: "note"}, `Without pictures: ${data.pictures.missing.split("\n")[0]}`) : null;
  const labeled = scores.doubtful_normal?.length || scores.doubtful_anomalous?.length;
  const lists = labeled ? [["Normal samples with the highest errors", scores.doubtful_normal], ["Anomalies with the lowest errors", scores.doubtful_anomalous], ...(scores.worst.some((sample) => sample[3]) ? [["Highest errors of all", scores.worst]] : [])]
    : [["Highest errors", scores.worst], ["Lowest errors", scores.best]];
  return [html("p", {class: "soft"}, `Trial ${rowName(state.focus)}, test set ${currentSet()}. The numbers are those of the dimension `, html("code", {}, "sample"), " in its file."),
    html("div", {class: "charts lists"}, lists.map(([title, samples]) => sampleTable(title, samples, scores, most))), missing].filter((node) => node);
});
