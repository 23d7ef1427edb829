// Draws everything once, and again if the width of the page changes.
document.title = `${data.experiment}: Hourglass report`;
find("#title").textContent = data.experiment;
find("#made").textContent = `${data.run}, written ${data.made.replace("T", " ").replace("Z", " UTC")} by hourglass ${data.version} (${data.revision})`;
selectBest();
refresh();

let drawnWidth = document.body.clientWidth;
addEventListener("resize", () => {
  if (document.body.clientWidth === drawnWidth) return;
  drawnWidth = document.body.clientWidth;
  refresh();
});
