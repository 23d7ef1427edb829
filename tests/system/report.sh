#!/bin/bash
# hourglass report: the page of a run holds its data as JSON that no name can break out of; sizes; wrong requests.
source "$(dirname "$0")/../lib.sh"

# page_json FILE EXPRESSION: prints a Python expression of the data of a page
page_json() {
    "$PYTHON" - "$@" <<-'CODE'
	import json, re, sys
	page = open(sys.argv[1], encoding="utf-8").read()
	blocks = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
	assert len(blocks) == 1 and page.count("<script") == 2, "scripts were added"
	data = json.loads(blocks[0])
	column = {c["name"]: c["values"] for c in data["columns"]}
	print(eval(sys.argv[2]))
	CODE
}

tiny_data
{ tiny_spec; printf 'sweep: {over: {code: [1, 2], train.seed: [1, 2]}}\n'; } >tiny.yaml
good run tiny.yaml
run=results/tiny

# --- the page of a run
good report $run
says stdout '^results/tiny/report.html: 4 trials, [0-9.]+ kB$'
page=$run/report.html
is 'trials and the ensemble' "$(page_json $page 'len(data["trials"]), data["has_ensemble"]')" '(5, True)'
is 'rows of the columns' "$(page_json $page 'set(len(v) for v in column.values())')" '{5}'
is 'settings' "$(page_json $page 'sorted(c["name"] for c in data["columns"] if c["is_setting"])')" "['code', 'train.seed']"
is 'epochs' "$(page_json $page 'data["trials"][0]["history"]["epoch"]')" '[1, 2, 3]'
good top $run --count 0 --csv
best=$(awk -F, 'NR == 2 {print $1}' stdout)
is 'the best trial is first' "$(page_json $page 'column["trial"][0]')" "$best"

# --- every sample is in one bin, and the counts at the threshold are those of the trial's file
scores='data["trials"][0]["sets"]["test"]'
is 'samples in bins' "$(page_json $page "sum(${scores}['histogram']['normal'] + ${scores}['histogram']['anomalous']) == ${scores}['samples']")" True
is 'anomalies in bins' "$(page_json $page "sum(${scores}['histogram']['anomalous']) == ${scores}['anomalies'] > 0")" True
is 'the end of the ROC curve' "$(page_json $page "${scores}['curve']['hits'][-1] == ${scores}['anomalies']")" True
recall=$(page_json $page "abs(${scores}['hits'] / ${scores}['anomalies'] - column['recall'][0]) < 1e-9")
is 'recall at the threshold' "$recall" True

is 'all trials have the same samples' "$(page_json $page "len(set(t['sets']['test']['identity'] for t in data['trials']))")" 1

# --- codes, and the samples of the best trial with their reconstructions
codes="${scores}['codes']"
is 'codes' "$(page_json $page "len(${codes}['x']) == len(${codes}['y']) == len(${codes}['anomaly']) == ${scores}['samples']")" True
is 'shares of the variance' "$(page_json $page "0 <= ${codes}['share_y'] <= ${codes}['share_x'] <= 1")" True
is 'pictures' "$(page_json $page "[len(s[k]) for s in data['pictures']['sets']['test']['samples'].values() for k in ('input', 'output')][:4]")" '[6, 6, 6, 6]'
is 'features of a table are no curve' "$(page_json $page 'data["pictures"]["sets"]["test"]["is_table"]')" True
is 'worst samples have a picture' "$(page_json $page "all(str(s[0]) in data['pictures']['sets']['test']['samples'] for s in ${scores}['worst'])")" True

# --- time steps of windows
awk 'BEGIN {print "v,bad"; for (i = 0; i < 400; i++) { bad = i >= 300 && i < 310; printf "%.4f,%d\n", sin(i / 5) + bad, bad }}' >steps.csv
good import steps.csv --label bad -o data/steps.h5:all
cat >steps.yaml <<-'SPEC'
	name: steps
	data:
	  train: {from: steps.h5:all, rows: ":250"}
	  test: {from: steps.h5:all, rows: "250:"}
	  normal: [0]
	  window: {length: 8}
	model:
	  encoder: [{conv1d: 3, kernel_size: 3, padding: same}]
	  decoder: [{conv1d: input, kernel_size: 3, padding: same}]
	train: {loss: mse, epochs: 1}
	SPEC
good run steps.yaml
good report results/steps
series='data["trials"][0]["sets"]["test"]["series"]'
is 'true anomalies' "$(page_json results/steps/report.html "${series}['anomalies']")" '[[50, 59]]'
is 'time steps' "$(page_json results/steps/report.html "len(${series}['error']) == ${series}['steps'] == 150")" True
mv data/steps.h5 data/gone.h5
good report results/steps
is 'pictures without data' "$(page_json results/steps/report.html '"steps.h5" in data["pictures"]["missing"]')" True

# --- samples without an error count nowhere
printf 'a,b,c,kind\n1,10,0,0\n2,20,0,0\n2,30,5,0\n9,20,1,0\n3,,9,1\n6,100,100,1\n' >gaps.csv
good import gaps.csv --label kind -o data/gaps.h5:all
cat >gaps.yaml <<-'SPEC'
	name: gaps
	data: {train: {from: gaps.h5:all, rows: ":4"}, test: gaps.h5:all, normal: [0]}
	model: {encoder: [{dense: 2}], decoder: [{dense: 3}]}
	train: {epochs: 1, batch_size: 8}
	SPEC
good run gaps.yaml
good report results/gaps
gaps=results/gaps/report.html
is 'samples' "$(page_json $gaps "[${scores}[k] for k in ('samples', 'unscored', 'anomalies')]")" '[5, 1, 1]'
is 'samples in bins' "$(page_json $gaps "[sum(${scores}['histogram'][k]) for k in ('normal', 'anomalous')]")" '[4, 1]'
is 'the end of the ROC curve' "$(page_json $gaps "[${scores}['curve'][k][-1] for k in ('hits', 'alarms')]")" '[1, 4]'

# --- a merged file, a trial's file, and a run without run.h5 have a page, too
good merge $run -o merged.h5
good report merged.h5
is 'trials of a merged file' "$(page_json report.html 'len(data["trials"])')" 5
good report "$(ls $run/trials/*.h5 | head -1)" -o one.html
is 'one trial' "$(page_json one.html 'len(data["trials"])')" 1
cp -r $run files
rm -f files/run.h5 files/report.html
good report files
is 'without run.h5' "$(page_json files/report.html 'len(data["trials"])')" 4

# --- names that would break out of the page are text
hostile='a<script>alert(1)<!--"'"'"'&é😀'
mkdir "$hostile"
cp -r $run/. "$hostile/"
mkdir -p "$hostile/failed"
printf 'reason: "</script><img src=x onerror=alert(1)> \\"\\\\ \\u2028"\nwhen: "2026-01-01T00:00:00Z"\n' >"$hostile/failed/0123456789abcdef.yaml"
good report "./$hostile" -o hostile.html
says stdout '4 trials, 1 failed'
is 'the name of the run' "$(page_json hostile.html 'data["run"]')" "./$hostile"
is 'a reason' "$(page_json hostile.html 'data["failed"][0]["reason"][:9]')" '</script>'
! grep -q '<img' hostile.html || fail 'markup of a name is in the page'

# --- a thousand trials stay small
{ tiny_spec; printf 'sweep: {over: {train.seed: %s}}\n' "$(seq -s, 1 1000 | sed 's/.*/[&]/')"; } >many.yaml
sed -i 's/^name: tiny/name: many/; s/epochs: 3/epochs: 1/' many.yaml
good run many.yaml
good report results/many
is 'many trials' "$(page_json results/many/report.html 'len(data["trials"])')" 1001
[ "$(stat -c %s results/many/report.html)" -lt 20000000 ] || fail "the page of 1000 trials has $(stat -c %s results/many/report.html) bytes"

# --- wrong requests
bad 2 'no-such-run: .*(no such|not found|No such)' report no-such-run
echo 'my notes' >notes.html
bad 2 '^hourglass: --output: notes.html exists: found no report, allowed: a new file or an earlier report; hint: choose' report $run -o notes.html
is 'a file that is no report' "$(cat notes.html)" 'my notes'
bad 2 '^hourglass: --output: .*run.h5' report $run/run.h5 -o $run/run.h5
bad 74 'no-such-folder/r.html: cannot create the report: No such file' report $run -o no-such-folder/r.html
[ ! -e no-such-folder ] || fail 'a folder was made'
bad 2 'found 0 arguments' report
good report $run # an earlier report is replaced

# --- a damaged trial file is named and left out
file=$(ls files/trials/*.h5 | head -1)
head -c 3000 "$file" >short && mv short "$file"
bad 3 "$(basename "$file")" report files
is 'the others' "$(page_json files/report.html 'len(data["trials"])')" 3
verdict
