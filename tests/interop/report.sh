#!/bin/bash
# The page of hourglass report in a real browser: no error, rows, sorting, filtering, the slider, the policy, narrow and dark.
source "$(dirname "$0")/../lib.sh"
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    skip 'no Chromium: apt-get install chromium'

tiny_data
{ tiny_spec; printf 'sweep: {over: {code: [1, 2, 3], train.learning_rate: [0.001, 0.01], train.seed: [1, 2]}}\n'; } >tiny.yaml
sed -i 's/normal: \[0\]/&\n  validation: 0.1/' tiny.yaml
good run tiny.yaml
mkdir -p results/tiny/failed
printf 'reason: "</script><script>document.title = 1</script> é😀"\nwhen: "2026-01-01T00:00:00Z"\n' >results/tiny/failed/0123456789abcdef.yaml
long=a-folder-whose-name-is-so-long-that-no-telephone-is-wide-enough-to-show-it-in-one-line
mv results/tiny $long
good report $long -o report.html
timeout 120 "$PYTHON" "$source_tree/tests/interop/report_page.py" report.html >stdout 2>message || fail 'the page in the browser'
says stdout '^the page works$'
verdict
