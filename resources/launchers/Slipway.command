#!/bin/sh
# macOS: a double click starts Slipway from this checkout. Close the terminal window to end the launcher; bots go on.
cd -- "$(dirname -- "$0")/../.." || exit 1
if ! command -v npm >/dev/null 2>&1; then
  # A double click knows nothing of what a shell's own files add to the PATH.
  PATH="/opt/homebrew/bin:/usr/local/bin:$HOME/.volta/bin:$HOME/.local/bin:$PATH"
  export PATH
fi
if ! command -v npm >/dev/null 2>&1; then
  echo "Slipway needs Node.js 18 or later with npm. Install it from https://nodejs.org and open this file again."
  echo "Press Enter to close this window."
  read -r _
  exit 1
fi
npm start -- "$@" || { echo "Slipway has ended with an error. Press Enter to close this window."; read -r _; }
