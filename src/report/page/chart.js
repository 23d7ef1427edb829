// The frame of a picture: axes with ticks and labels, and paths through points.
const margin = {left: 52, right: 12, top: 14, bottom: 38};

// Makes a picture with the scales x and y, which map to its pixels. `about` is read to those who do not see it.
function frame({width, height, x, y, xLabel, yLabel, about}) {
  const picture = svg("svg", {viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": about});
  const bottom = height - margin.bottom;
  for (const tick of y.ticks(Math.max(2, Math.floor(height / 55)))) {
    picture.append(svg("line", {class: "grid", x1: margin.left, x2: width - margin.right, y1: y(tick), y2: y(tick)}),
      svg("text", {x: margin.left - 7, y: y(tick) + 4, "text-anchor": "end"}, number(tick, 3)));
  }
  let free = -Infinity; // where the last label ends
  for (const tick of x.ticks(Math.max(2, Math.floor(width / 85)))) {
    const text = number(tick, 3), half = 3.6 * text.length;
    picture.append(svg("line", {class: "axis", x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4}));
    if (x(tick) - half < free) continue;
    picture.append(svg("text", {x: x(tick), y: bottom + 17, "text-anchor": "middle"}, text));
    free = x(tick) + half + 3;
  }
  picture.append(svg("line", {class: "axis", x1: margin.left, x2: width - margin.right, y1: bottom, y2: bottom}),
    svg("text", {x: width - margin.right, y: height - 4, "text-anchor": "end"}, `${xLabel} →`),
    svg("text", {x: 0, y: 4}, `↑ ${yLabel}`));
  return picture;
}

const xRange = (width) => [margin.left, width - margin.right];
const yRange = (height) => [height - margin.bottom, margin.top + 4];

// The path through points [x, y]; a point without a number interrupts it.
function path(points, x, y, isStepped = false) {
  let command = "M", text = "", before = null;
  for (const [u, v] of points) {
    if (!Number.isFinite(u) || !Number.isFinite(v) || (y.isLog && v <= 0)) {
      command = "M";
      continue;
    }
    if (isStepped && command === "L") text += `V${y(v).toFixed(1)}`;
    text += `${command}${x(u).toFixed(1)},${y(v).toFixed(1)}`;
    command = "L";
    before = [u, v];
  }
  return before ? text : null;
}

// Width of one of several pictures in a row of at most `most`, which wrap as the class `charts` does.
function share(width, most, least = 336) {
  const fit = Math.max(1, Math.min(most, Math.floor((width + 32) / (least + 32))));
  return Math.floor((width - 32 * (fit - 1)) / fit);
}
