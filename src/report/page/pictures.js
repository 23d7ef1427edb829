// Samples as pictures or curves, each next to its reconstruction. Their values are levels from 0 to 255.
const picturedSet = () => (state.focus === 0 ? data.pictures.sets[currentSet()] : null);

function paint(levels, {width, height, channels}, about) {
  const canvas = html("canvas", {width, height, role: "img", "aria-label": about}), context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = Math.max(0, Math.min(255, levels[i * channels + (channels === 3 ? c : 0)] ?? 128));
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function drawPair({input, output}, about) {
  const width = 150, height = 70, x = scale([0, input.length - 1], [2, width - 2]), y = scale(extent([...input, ...output]), [height - 4, 4]);
  const line = (levels) => path(levels.map((level, i) => [i, level ?? NaN]), x, y);
  return svg("svg", {viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": about}, svg("path", {class: "trace back input", d: line(input)}), svg("path", {class: "trace", color: "var(--accent)", d: line(output)}));
}

// The pictures of a list of samples; none if they were not stored, or if a sample is a row of a table.
function gallery(samples) {
  const set = picturedSet(), known = set?.samples ? samples.filter(([sample]) => set.samples[sample]?.input) : [];
  if (!known.length || set.is_table || (!set.height && set.width < 12)) return null;
  return html("div", {class: "gallery"}, known.map(([sample, error]) => {
    const each = set.samples[sample], about = `sample ${sample}, error ${number(error)}`;
    const shown = set.height ? html("div", {class: "pair"}, paint(each.input, set, `${about}: input`), paint(each.output, set, `${about}: reconstruction`)) : drawPair(each, `${about}: input and reconstruction`);
    return html("figure", {}, shown, html("figcaption", {}, `${sample}: ${number(error, 3)}`));
  }));
}
