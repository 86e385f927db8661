#!/bin/sh
# Browser tests need a Chromium: take the one that is there, else Debian's when we may install it.
set -eu
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  if command -v "$name" > /dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null 2>&1; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core > /dev/null
  exit 0
fi
echo "No Chromium found: install one (Debian: apt-get install chromium) so that the browser tests can run." >&2
exit 1
