// Where the selected trials come from: what they share, what differs, and the spec of the trial in focus.
function provenanceTable(rows) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(data.trials[row].provenance)))];
  const text = (row, name) => { const value = data.trials[row].provenance[name]; return typeof value === "number" ? number(value) : value ?? ""; };
  const differs = names.filter((name) => new Set(rows.map((row) => text(row, name))).size > 1);
  const shared = names.filter((name) => !differs.includes(name));
  return [
    shared.length ? html("div", {class: "scroll"}, html("table", {}, html("caption", {}, rows.length > 1 ? "Equal for all selected trials" : `Trial ${rowName(rows[0])}`),
      html("tbody", {}, shared.map((name) => html("tr", {}, html("th", {scope: "row"}, name), html("td", {class: "wrap"}, text(rows[0], name))))))) : null,
    differs.length ? html("div", {class: "scroll"}, html("table", {}, html("caption", {}, "Different"),
      html("thead", {}, html("tr", {}, html("td"), rows.map((row) => html("th", {scope: "col"}, rowName(row))))),
      html("tbody", {}, differs.map((name) => html("tr", {}, html("th", {scope: "row"}, name), rows.map((row) => html("td", {}, text(row, name)))))))) : null,
  ].filter((node) => node);
}

view("#provenance", () => {
  const rows = (selectedRows().length ? selectedRows() : [state.focus]).filter((row) => row !== ensembleRow && data.trials[row]);
  if (!rows.length) return [];
  const row = rows.includes(state.focus) ? state.focus : rows[0], spec = data.trials[row].spec;
  return [html("div", {class: "charts"}, provenanceTable(rows)),
    spec ? html("details", {}, html("summary", {}, `Spec of trial ${rowName(row)}: a valid experiment that gives this trial`), html("pre", {}, spec)) : null].filter((node) => node);
});
