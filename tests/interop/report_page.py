"""report_page.py PAGE [FOLDER]: operates a report in headless Chromium; with FOLDER, also takes pictures of it."""
import os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser

page = sys.argv[1]
browser = Browser()
value = browser.value
failures = []


def check(what, found, expected):
    if found != expected:
        failures.append(f"{what}: found {found!r}, expected {expected!r}")


def count(selector):
    return value(f"document.querySelectorAll({selector!r}).length")


def set_input(selector, text, event):
    value(f"""(() => {{ const input = document.querySelector({selector!r}); input.value = {text!r};
        input.dispatchEvent(new Event({event!r}, {{bubbles: true}})); }})()""")


browser.resize(1280, 900)
browser.open(page)
check("the title", value("document.title"), "tiny: Hourglass report")
check("rows", count(".board tbody tr"), 13)
check("selected trials", count("#selection .chip[aria-pressed]"), 5)
check("learning curves", count("#curves path.trace") > 0, True)
check("ROC and precision-recall curves", count("#errors figure path.trace"), 10)
check("a reason is text", value("document.querySelector('#board td.wrap').textContent").startswith("</script><script>"), True)
check("pictures without a name", count("svg[role=img]:not([aria-label])"), 0)
check("inputs without a label", value("[...document.querySelectorAll('input, select')].filter((i) => !i.labels.length && !i.ariaLabel).length"), 0)

# sorting: the column's button sorts, and keeps the focus
value("[...document.querySelectorAll('.board th button')].find((b) => b.dataset.name === 'code').click()")
check("the sorted column", value("document.querySelector('.board th[aria-sort]').textContent.slice(0, 4)"), "code")
check("the focus", value("document.activeElement.dataset.name"), "code")

# the filter
set_input("#board input[type=search]", "code>=2 train.seed=1", "input")
check("filtered rows", count(".board tbody tr"), 4)
set_input("#board input[type=search]", "", "input")
check("all rows", count(".board tbody tr"), 13)

# selection: one trial less in every picture
value("document.querySelector('.board tbody tr input:checked').click()")
check("selected trials", count("#selection .chip[aria-pressed]"), 4)
check("curves of the selected trials", count("#errors figure path.trace"), 8)

# the slider: at its lower end every sample is called anomalous, at the upper end none
cells = "[...document.querySelectorAll('.confusion td.number')].map((cell) => Number(cell.textContent))"
set_input("#threshold", "0", "input")
normal, alarms, missed, hits = value(cells)
check("called normal below all errors", (normal, missed), (0, 0))
set_input("#threshold", "999", "input")
check("called anomalous above all errors", value(cells), [alarms, 0, hits, 0])

# narrow, and dark: nothing sticks out
for width, dark in ((400, False), (1280, True)):
    browser.resize(width, 900, dark)
    browser.open(page)
    check(f"width of the page at {width}", value("document.documentElement.scrollWidth"), width)
check("dark paper", value("getComputedStyle(document.body).backgroundColor"), "rgb(20, 22, 26)")
check("messages", browser.messages, [])

# the policy of the page stops a script that is not its own
value("document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.isBroken = true'}))")
check("a foreign script has run", value("window.isBroken === true"), False)
value("document.body.append(Object.assign(document.createElement('img'), {src: 'http://127.0.0.1:9/x.png'}))")
value("new Promise((done) => setTimeout(done, 200))")
check("violations of the policy", len([m for m in browser.messages if "Content Security Policy" in m]), 2)

if len(sys.argv) > 2:
    for name, width, dark in (("wide", 1280, False), ("narrow", 400, False), ("dark", 1280, True)):
        browser.resize(width, 900, dark)
        browser.open(page)
        browser.picture(os.path.join(sys.argv[2], f"report-{name}.png"))
browser.close()
print("\n".join(failures) or "the page works")
sys.exit(bool(failures))
