#!/usr/bin/env bash
# Each program in a virtual environment of its own: FOLDER/NAME (default ~/.cache/vibronic-peers, or VIBRONIC_PEERS).
set -euo pipefail
folder=${1:-${VIBRONIC_PEERS:-$HOME/.cache/vibronic-peers}}
mkdir -p "$folder"
install() {
    name=$1; shift
    python3 -m venv "$folder/$name"
    "$folder/$name/bin/pip" install --quiet "$@"
    echo "installed $name in $folder/$name"
}
install qutip qutip==5.3.1 scipy
install renormalizer renormalizer==0.0.11
install mpsqd mpsqd==0.1.4
install wavepacket wavepacket==0.5
install dynamiqs dynamiqs==0.3.7
install pyqed pyqed==0.3.0
