// The selected trials, which all pictures show in their colors. One of them is in focus.
function chip(row) {
  return html("button", {class: "chip", color: colorOf(row), title: rowSettings(row) || rowName(row), "aria-pressed": String(row === state.focus),
    on: {click: () => { focusOn(row); refresh(); }}}, html("span", {class: "key", color: colorOf(row)}), rowName(row));
}

view("#selection", () => {
  if (everyRow.length < 2) return [];
  const rows = selectedRows();
  const best = html("button", {class: "chip", on: {click: () => { selectBest(); refresh(); }}}, "Best 5");
  const none = html("button", {class: "chip", on: {click: () => { state.colors.clear(); refresh(); }}}, "None");
  return [html("span", {}, rows.length ? "Shown below:" : "Select trials to show:"), ...rows.map(chip), best, rows.length ? none : null]
    .filter((node) => node);
});

function selectBest() {
  state.colors.clear();
  const rows = visibleRows().filter((row) => cell("status", row) !== "diverged").sort(compareBy(state.metric)).slice(0, 5);
  for (const row of rows) select(row, true);
  if (rows.length) focusOn(rows[0]);
}
