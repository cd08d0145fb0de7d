#!/usr/bin/env bash
# Renew the vendored front-end files from the locked npm packages. Run it after changing package.json.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here/package.json" "$here/package-lock.json" "$work"
npm ci --prefix "$work" --ignore-scripts --legacy-peer-deps --no-audit --no-fund

css=$root/portal/static/portal/vendor
mkdir -p "$css"
# The map is not shipped; hashed static file names would look for it. Nor are pictures inside the style sheet, which the
# content security policy refuses: browsers would complain about each before our own style sheet takes it away.
sed -E '/^\/\*# sourceMappingURL=/d; s#url\("data:[^"]*"\)#none#g' "$work/node_modules/bootstrap/dist/css/bootstrap.min.css" >"$css/bootstrap.min.css"
cp "$work/node_modules/bootstrap/LICENSE" "$css/bootstrap.LICENSE"

axe=$root/tests/browser/vendor
mkdir -p "$axe"
cp "$work/node_modules/axe-core/axe.min.js" "$axe/axe.min.js"
cp "$work/node_modules/axe-core/LICENSE" "$axe/axe.LICENSE"
cp "$work/node_modules/axe-core/LICENSE-3RD-PARTY.txt" "$axe/axe.LICENSE-3RD-PARTY.txt"
