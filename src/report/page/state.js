// The data of the page, what the reader has chosen, and the views that are drawn again after every choice.
const data = JSON.parse(find("#data").textContent);
const columns = new Map(data.columns.map((column) => [column.name, column]));
const everyRow = data.trials.map((trial, row) => row);
const ensembleRow = data.has_ensemble ? everyRow.length - 1 : -1;
const trialRows = everyRow.filter((row) => row !== ensembleRow);
const settings = data.columns.filter((column) => column.is_setting);

// "train.learning_rate" is "learning_rate" in a picture, if no other column is called so.
function shortName(column) {
  const end = column.name.replace(/^.*\./, "");
  return data.columns.filter((other) => other.name.replace(/^.*\./, "") === end).length === 1 ? end : column.name;
}

const cell = (name, row) => columns.get(name)?.values[row] ?? null;
const rowName = (row) => (row === ensembleRow ? "ensemble" : cell("trial", row).slice(0, 8));
// "code=32 lr=0.001": what distinguishes the trial from others of its sweep.
const rowSettings = (row) => settings.filter((column) => column.values[row] != null && column.values[row] !== "")
  .map((column) => `${shortName(column)}=${column.is_text ? column.values[row] : number(column.values[row])}`).join(" ");

// What a trial may be judged by: a column in which more or less is better, except for the ends of intervals.
const metrics = data.columns.filter((column) => column.better && !/_(low|high)$/.test(column.name) &&
  column.values.some((value) => value != null));

function firstMetric() {
  const objective = (columns.get("objective")?.values ?? []).find((name) => metrics.some((metric) => metric.name === name));
  const wanted = [/(^|\.)roc_auc$/, /^validation_loss$/, /^train_loss$/].map((name) => metrics.find((metric) => name.test(metric.name)));
  return columns.get(objective) ?? wanted.find((metric) => metric) ?? metrics[0];
}

const state = {
  metric: firstMetric()?.name, filter: "", sort: null, descending: false, showsAll: false, showsEveryColumn: false,
  colors: new Map(), // from a selected row to the number of its color
  focus: 0, // the row whose errors, samples and spec are shown
  set: "", threshold: null, // null: the stored one
};
const colorCount = 8;
const colorOf = (row) => (state.colors.has(row) ? `var(--c${state.colors.get(row)})` : null);
const selectedRows = () => [...state.colors.keys()];

function select(row, isSelected) {
  if (!isSelected) state.colors.delete(row);
  else if (!state.colors.has(row) && state.colors.size < colorCount) {
    const used = new Set(state.colors.values());
    state.colors.set(row, [...Array(colorCount).keys()].find((color) => !used.has(color)));
  }
  if (isSelected && state.colors.has(row)) focusOn(row);
  else if (!state.colors.has(state.focus)) focusOn(selectedRows()[0] ?? row);
}

function focusOn(row) {
  state.focus = row;
  state.threshold = null;
}

// Compares two rows: negative if `a` is the better one. Diverged and stale trials are after all others, and missing values
// are last.
function compareBy(metric) {
  const column = columns.get(metric);
  return (a, b) => {
    const x = column.values[a], y = column.values[b], trouble = (row) => Number(cell("status", row) !== "done");
    if (x == null || y == null) return (x == null) - (y == null);
    if (trouble(a) !== trouble(b)) return trouble(a) - trouble(b);
    return column.better > 0 ? y - x : x - y;
  };
}

// --- the filter: words that a row contains, and conditions such as code>=16
function condition(word) {
  const found = /^([^<>=!]+)(>=|<=|!=|=|>|<)(.+)$/.exec(word);
  const column = found && columns.get(found[1]);
  if (!column) {
    return (row) => data.columns.some((each) => each.is_text && String(each.values[row] ?? "").toLowerCase().includes(word.toLowerCase()));
  }
  const wanted = column.is_text ? found[3] : Number(found[3]);
  const holds = {">=": (v) => v >= wanted, "<=": (v) => v <= wanted, "!=": (v) => v !== wanted, "=": (v) => v === wanted,
    ">": (v) => v > wanted, "<": (v) => v < wanted}[found[2]];
  return (row) => column.values[row] != null && holds(column.values[row]);
}

function visibleRows() {
  const conditions = state.filter.split(/\s+/).filter((word) => word).map(condition);
  return everyRow.filter((row) => conditions.every((holds) => holds(row)));
}

// --- views
const views = [];
// Registers a view. `draw` returns the nodes that fill it; without any, its section is hidden.
function view(selector, draw) {
  views.push({selector, draw});
}

function refresh(only = null) {
  for (const {selector, draw} of views) {
    if (only && only !== selector) continue;
    const section = find(selector), place = section.querySelector(".view") ?? section;
    const nodes = draw(Math.max(280, place.clientWidth || section.parentNode.clientWidth));
    section.hidden = nodes.length === 0;
    place.replaceChildren(...nodes);
  }
}
