#!/bin/sh
# Hands a run's metrics.om to Prometheus, which must turn it into blocks: `check_metrics.sh DIR...`.
# Exit 0: accepted. 1: refused, with promtool's words. 2: nothing was named. Where promtool is not
# installed, the check is skipped with a printed reason and exit 0.
set -u

if [ $# -eq 0 ]; then
  echo "usage: $0 DIR..." >&2
  exit 2
fi
if ! command -v promtool >/dev/null 2>&1; then
  echo "skipped: check_metrics needs promtool (Debian package prometheus)"
  exit 0
fi

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT INT TERM
failed=0
number=0
for folder in "$@"; do
  file=$folder/metrics.om
  number=$((number + 1))
  if ! [ -f "$file" ]; then
    echo "fault: $file is missing"
    failed=1
    continue
  fi
  # promtool 2.42 takes a file that goes on after its end.
  if [ "$(tail -n 1 "$file")" != "# EOF" ]; then
    echo "fault: $file does not end with # EOF"
    failed=1
    continue
  fi
  if promtool tsdb create-blocks-from openmetrics "$file" "$scratch/$number" >"$scratch/out" 2>&1; then
    echo "ok: $file: $(grep -vc '^#' "$file") samples"
  else
    echo "fault: $file was refused:"
    sed 's/^/  /' "$scratch/out"
    failed=1
  fi
done
exit $failed
