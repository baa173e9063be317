# The numbered behaviours: runs them, and says of each how it went.
# shellcheck shell=bash

# Prints a line a behaviour from the report's lines: number, title, family, phase, result,
# milliseconds, first failure; and what failed, after them. Status 1 if anything did.
print_behaviours() {
    sort --field-separator=$'\t' --key=1,1V --key=3,3 --key=4,4 "$1" | awk -F '\t' '
        function finish() {
            if (number == "") return
            printf "%5s  %-72.72s", number, title
            for (i = 1; i <= 4; i++)
                printf "  %-6s", cell[columns[i]] == "" ? "-" : cell[columns[i]]
            printf "  %s\n", failed ? "FAILED" : "ok"
            if (failed) failures++
            count++
            delete cell
            failed = 0
        }
        # Several tests may share a number, and each must have passed.
        function note(column) {
            if (cell[column] != "FAILED") cell[column] = $5
        }
        BEGIN {
            split("v4 fresh,v6 fresh,v4 restarted,v6 restarted", columns, ",")
            printf "%5s  %-72s  %-6s  %-6s  %-6s  %-6s  %s\n", "", "", "v4", "v6", "v4", "v6", ""
            printf "%5s  %-72s  %-6s  %-6s  %-6s  %-6s  %s\n", "no.", "behaviour", "fresh",
                "fresh", "again", "again", "result"
        }
        $1 != number { finish(); number = $1; title = $2 }
        {
            if ($3 == "both") { note("v4 " $4); note("v6 " $4) } else note($3 " " $4)
            if ($5 != "ok") { failed = 1; why = why "\n" $1 " " $3 " " $4 ": " $7 }
        }
        END {
            finish()
            if (why) print "\nfailures:" why
            printf "\n%d behaviours, %d failed\n", count, failures
            exit (failures > 0)
        }'
}

# run_behaviours NUMBER…: those of these numbers, or all of them
run_behaviours() {
    local report output status=0 number
    local -a wanted=()
    for number in "$@"; do
        [[ $number =~ ^S?[0-9]+$ ]] || usage_error "'$number' is not the number of a behaviour"
        wanted+=("$number")
    done
    report=$(mktemp) output=$(mktemp)
    # shellcheck disable=SC2064  # the files of now
    trap "rm -f '$report' '$output'" EXIT
    tell "ten to twenty minutes for all; each line of the table is four runs"
    SLUICE_BEHAVIOURS=all SLUICE_BEHAVIOURS_REPORT=$report SLUICE_BEHAVIOURS_ONLY="${wanted[*]}" \
        swift test --skip-build --filter '^BehaviourTests\.' >"$output" 2>&1 || status=1
    if ! print_behaviours "$report" || ((status)); then
        tail -n 20 "$output" >&2
        fail 1 "behaviours failed; they are named above"
    fi
}
