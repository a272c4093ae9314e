#!/usr/bin/env bash
# Gradescope runs this once, as root, while it builds the image.
set -euo pipefail
cd /autograder/source/gradient-katas

# Print the newest Python that this system has, installed or to be installed, and torch is made for.
newest_python() {
    local version
    for version in 3.13 3.12 3.11; do
        if apt-get install -y "python$version" "python$version-venv" >&2; then
            command -v "python$version"
            return
        fi
    done
}

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y libseccomp2
python=$(newest_python)
[ -n "$python" ] || {
    echo "No Python 3.11 or newer here. Choose a newer Ubuntu under Configure Autograder."
    exit 1
}
"$python" -m venv .venv
.venv/bin/pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu \
    -c constraints.txt -e '.[judge]'
