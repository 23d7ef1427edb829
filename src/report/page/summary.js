// The first lines: how many trials there are, which one is best, and whether its lead is real.
const tile = (label, value, note) => html("div", {class: "tile"}, html("span", {}, label), html("strong", {}, value), html("span", {}, note ?? ""));

// A sentence that compares the best trial with the others by its confidence interval, or else by the runner-up.
function verdict(best, metric) {
  const set = metric.name.includes(".") ? metric.name.replace(/\..*/, "") : setNames[0];
  const samplesOf = (row) => `${data.trials[row].sets[set]?.identity} ${data.trials[row].provenance[`data_${set}`]}`;
  const others = trialRows.filter((row) => row !== best && samplesOf(row) !== samplesOf(best)).length;
  const elsewhere = others ? ` ${plural(others, "trial")} had other test samples or anomalies, so ${others === 1 ? "its metrics" : "their metrics"} cannot be compared with these.` : "";
  const low = cell(`${metric.name}_low`, best), value = metric.values[best];
  const name = `Trial ${rowName(best)}${settings.length ? ` (${rowSettings(best)})` : ""}`;
  if (trialRows.length < 2) return null;
  if (low == null) return `${name} has the best ${metric.name}, ${number(value)}.${elsewhere}`;
  const close = trialRows.filter((row) => row !== best && metric.values[row] >= low && samplesOf(row) === samplesOf(best)).length, rivals = trialRows.length - 1 - others;
  if (!rivals) return `${name} has the best ${metric.name}, ${number(value)}.${elsewhere}`;
  return `${name} has the best ${metric.name}, ${number(value)}. ` + (close === 0
    ? "No other trial on these samples is within its 95 % confidence interval."
    : `${plural(close, "other trial")} of ${rivals} ${close === 1 ? "is" : "are"} within its 95 % confidence interval: with these test samples, their order is not certain.`) + elsewhere;
}

view("#summary", () => {
  const metric = columns.get(state.metric);
  const diverged = trialRows.filter((row) => cell("status", row) === "diverged").length;
  const trouble = [diverged && `${diverged} diverged`, data.failed.length && `${data.failed.length} failed`].filter((text) => text);
  const tiles = [tile("Trials", number(trialRows.length), trouble.join(", ") || "all finished")];
  if (!metric || !trialRows.length) return [html("div", {class: "tiles"}, tiles)];

  const best = [...trialRows].sort(compareBy(metric.name))[0];
  const prefix = metric.name.replace(/[^.]*$/, ""), low = cell(`${metric.name}_low`, best), high = cell(`${metric.name}_high`, best);
  tiles.push(tile(`Best ${metric.name}`, number(metric.values[best]), low == null ? "" : `95 % interval ${number(low)} to ${number(high)}`));
  const added = cell(`${prefix}added_roc_auc`, best), pca = cell(`${prefix}pca_roc_auc`, best);
  if (added != null) tiles.push(tile("Adds to the best baseline", (added > 0 ? "+" : "") + number(added, 3), "ROC AUC of the best trial less the baseline's"));
  else if (pca != null) tiles.push(tile("Principal components", number(pca), "ROC AUC of the baseline"));
  if (ensembleRow >= 0 && metric.values[ensembleRow] != null) tiles.push(tile("Ensemble", number(metric.values[ensembleRow]), metric.name));
  const seconds = trialRows.reduce((sum, row) => sum + (cell("wall_seconds", row) ?? 0), 0);
  tiles.push(tile("Time of all trials", seconds < 120 ? `${number(seconds, 3)} s` : seconds < 7200 ? `${number(seconds / 60, 3)} min` : `${number(seconds / 3600, 3)} h`, "training and scoring"));
  const text = verdict(best, metric);
  return [html("div", {class: "tiles"}, tiles), ...(text ? [html("p", {class: "verdict"}, text)] : [])];
});
