#!/bin/sh
# Stands in for `python3 -m pip download … --dest DIR SPEC` in this folder's
# tests. What it does is said by `behaviour.sh` in the test's own folder. It is
# a file of the repository because a script that a threaded test writes and
# runs at once may still be open for writing in another test's child.
arguments=$*
while [ $# -gt 0 ]; do
    [ "$1" = --dest ] && DEST=$2
    shift
done
# DIR is <test folder>/models/m/<work>/out
WORLD=$(cd "$DEST/../../../.." && pwd)
echo "$arguments" >> "$WORLD/calls"
CALL=$(wc -l < "$WORLD/calls")
WHEEL=$WORLD/served.whl
. "$WORLD/behaviour.sh"
