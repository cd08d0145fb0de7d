#!/usr/bin/env bash
# Resolve requirements/*.txt anew from pyproject.toml, for every Python from 3.11 on. Versions that still fit are kept;
# give --upgrade to raise them.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v uv >/dev/null || { echo "make lock needs uv on the PATH: pip install uv" >&2; exit 1; }

compile() {
  uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" "$@"
}

compile "$@" pyproject.toml -o requirements/prod.txt
# The same resolution: what tests run on is what is deployed.
compile "$@" pyproject.toml --group dev -c requirements/prod.txt -o requirements/dev.txt
