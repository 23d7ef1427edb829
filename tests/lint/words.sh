#!/bin/bash
# Nothing speaks of one person's machine or of work left over: no paths and hosts that exist nowhere else, no reminders.
source "$(dirname "$0")/lint.bash"
mapfile -t texts < <(tree_files | tr '\n' '\0' | xargs -0r grep -IlE '.')
# find_words PATTERN: "file:line: what was found"
find_words() { grep -noE "$1" "${texts[@]}" /dev/null; }

complain_lines ': a path of one machine' < <(find_words '(^|[^[:alnum:]_.}*])/(work|home|root|Users)/[[:alnum:]_.-]+')
complain_lines ': a path of one machine; tests make theirs with mktemp' \
    < <(find_words '(^|[^[:alnum:]_.}*])/tmp/[[:alnum:]_.-]+' | grep -v XXXXXX)
complain_lines ': a host of one network' < <(find_words 'https?://[[:alnum:]_.-]+\.(internal|local|lan|corp)\>')
complain_lines ': do it, or write an issue' < <(find_words '\<(TO''DO|FIX''ME|XX''X)\>')
verdict "${#texts[@]} texts"
