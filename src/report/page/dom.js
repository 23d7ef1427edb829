// Elements of HTML and SVG, and numbers as people read them.
"use strict";

function make(space, name, attributes, children) {
  const node = space ? document.createElementNS(space, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else if (key === "color") node.style.setProperty("--color", value);
    else if (key === "opacity") node.style.opacity = value;
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child != null));
  return node;
}

// html("td", {class: "number"}, "12"); strings become text, never markup.
const html = (name, attributes, ...children) => make(null, name, attributes, children);
const svg = (name, attributes, ...children) => make("http://www.w3.org/2000/svg", name, attributes, children);
const titled = (text) => svg("title", {}, text);
const find = (selector) => document.querySelector(selector);

function checkbox(text, checked, change) {
  return html("label", {}, html("input", {type: "checkbox", checked, on: {change: (event) => change(event.target.checked)}}), text);
}

// A list to choose from; `options` are pairs of a value and its text.
function chooser(text, options, chosen, change) {
  const select = html("select", {on: {change: (event) => change(event.target.value)}},
    options.map(([value, label]) => html("option", {value, selected: value === chosen}, label)));
  return html("label", {}, text, select);
}

// "0.9312", "1.2e-7", "12,345", "–" for a missing number.
function number(value, digits = 4) {
  if (value == null || Number.isNaN(value)) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return value.toLocaleString("en-US");
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) return value.toExponential(Math.min(2, digits - 1)).replace("e+", "e");
  return String(Number(value.toPrecision(digits)));
}

function median(values) {
  const sorted = values.filter((value) => value != null).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function percent(share) {
  return Number.isFinite(share) ? `${number(100 * share, 3)} %` : "–";
}

function plural(count, noun) {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
