// Scales: from values to pixels, with the values of their ticks.
function niceStep(span, count) {
  const rough = span / Math.max(1, count), power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= rough * 0.999);
}

function linearTicks(low, high, count) {
  const step = niceStep(high - low, count), ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

// Powers of ten; with few of them, also their multiples.
function logTicks(low, high, count) {
  const decades = Math.log10(high / low), ticks = [];
  if (decades < 0.7) return linearTicks(low, high, count);
  const every = Math.max(1, Math.ceil(decades / count)), factors = decades < 2 ? [1, 2, 5] : [1];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    if (power % every) continue;
    for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(12)));
  }
  return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}

function scale([low, high], [from, to], isLog = false) {
  if (!(high > low)) [low, high] = isLog ? [low / 2, low * 2] : [low - Math.abs(low || 1) / 2, low + Math.abs(low || 1) / 2];
  const at = isLog ? Math.log : (value) => value, back = isLog ? Math.exp : (value) => value;
  const map = (value) => from + ((at(value) - at(low)) / (at(high) - at(low))) * (to - from);
  map.domain = [low, high];
  map.isLog = isLog;
  map.ticks = (count) => (isLog ? logTicks : linearTicks)(low, high, count);
  map.invert = (pixel) => back(at(low) + ((pixel - from) / (to - from)) * (at(high) - at(low)));
  return map;
}

function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value == null || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? [0, 1] : [low, high];
}

function padded([low, high], isLog) {
  const pad = isLog ? Math.max(1.02, (high / low) ** 0.05) : (high - low) * 0.05;
  return isLog ? [low / pad, high * pad] : [low - pad, high + pad];
}

// True if a logarithmic axis shows these values better: positive, over more than a decade.
const asksForLog = ([low, high]) => low > 0 && high / low > 15;
