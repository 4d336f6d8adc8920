#!/bin/sh
# Linux: starts Slipway from this checkout. "Run in terminal" shows what it says; slipway.desktop does that by itself.
cd -- "$(dirname -- "$(readlink -f -- "$0")")/../.." || exit 1
if ! command -v npm >/dev/null 2>&1; then
  echo "Slipway needs Node.js 18 or later with npm. Install it from https://nodejs.org and open this file again."
  echo "Press Enter to close this window."
  read -r _
  exit 1
fi
npm start -- "$@" || { echo "Slipway has ended with an error. Press Enter to close this window."; read -r _; }
