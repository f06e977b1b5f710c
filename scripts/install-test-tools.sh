#!/usr/bin/env bash
# Makes sure that the browser of the tests is there: Debian's chromium, or the one SIGHTLINE_CHROMIUM names.
set -euo pipefail

if [[ -n "${SIGHTLINE_CHROMIUM:-}" ]]; then
  [[ -x "$SIGHTLINE_CHROMIUM" ]] && exit 0
  echo "SIGHTLINE_CHROMIUM names no program: $SIGHTLINE_CHROMIUM" >&2
  exit 1
fi
[[ -x /usr/bin/chromium ]] && exit 0

if [[ "$(id -u)" -eq 0 && -f /etc/debian_version ]] && command -v apt-get >/dev/null; then
  echo 'Installing chromium for the tests …' >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium >/dev/null
  [[ -x /usr/bin/chromium ]] && exit 0
fi

cat >&2 <<'EOF'
The tests need Chromium, which is not at /usr/bin/chromium. On Debian, this installs it:
  sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium
Elsewhere, install Chromium or Chrome and name its program in SIGHTLINE_CHROMIUM.
EOF
exit 1
