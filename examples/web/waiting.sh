#!/bin/sh
# Prints the call types with calls waiting, the most first. ADDRESS USER; the password is in OPENRTD_PASSWORD.
set -eu
# The credentials go in by standard input: arguments are for all on this host to see.
printf 'user = "%s:%s"\n' "$2" "$OPENRTD_PASSWORD" | curl -sSf -K - -H 'Accept: text/csv' --get "$1/api/v1/tables/Call_Type_Real_Time" \
  --data-urlencode 'columns=CallTypeID,RouterCallsQNow' \
  --data-urlencode 'names=true' \
  --data-urlencode 'where=RouterCallsQNow>0' \
  --data-urlencode 'sort=-RouterCallsQNow'
