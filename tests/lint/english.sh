#!/bin/bash
# Plain English: words and turns that a reader has to read twice are refused in comments, messages, help and pages, each with
# what to write instead.
source "$(dirname "$0")/lint.bash"
mapfile -t texts < <(tree_files '\.([ch]|md|sh|bash|cmake|awk)$|CMakeLists.txt' | grep -vE '^tests/(lint/(english|selftest)|parity/.*_reference)')
prose=$(awk -f "$lint_folder/english.awk" "${texts[@]}")

# refuse PATTERN INSTEAD
refuse() {
    complain_lines ": write $2" < <(grep -iE ":.*(^|[^[:alnum:]_])($1)([^[:alnum:]_]|$)" <<<"$prose" |
        sed -E "s/^([^:]*:[0-9]*):.*(^|[^[:alnum:]_])($1)([^[:alnum:]_].*|)$/\1: '\3'/I")
}
refuse 'hangs? on' 'depends on'
refuse 'go(es)? on|going on|went on' 'continues, resumes'
refuse 'anew' 'again, from scratch'
refuse 'be it|whoever|whose are|for who' 'the sentence again'
refuse 'told of|is told|hears? of|tells' 'reports, is reported, is notified'
refuse 'warned of|is said|are said' 'reported, printed'
refuse 'gives? free|gives? way' 'releases, yields'
refuse 'whole numbers?' 'integer'
refuse 'time to go' 'time left'
refuse 'by now' 'so far'
refuse 'at hand|of late|lest|ere' 'available, recently, so that ... not, before'
refuse 'what came out|what is asked for' 'the result, the request'
refuse 'beside' 'next to, during, besides'
refuse 'texts' 'strings'
refuse 'struck|strikes' 'killed, interrupts'
refuse 'lacks' 'is missing, has no'
verdict "${#texts[@]} files of prose"
