#!/bin/bash
# Level set traversal beside LibTorch 2.10: bench/lst.sh [PAIRS [ITERATIONS [THREADS]]]. Fetches TorchSharp-cpu (about 200 MB), which no
# other build of the project needs.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${LST_WORK:-${TMPDIR:-/tmp}/minigrad-lst}
dotnet build bench/Bench.csproj -c Release -p:LibTorch=true --artifacts-path "$out/build" -o "$out/bin" -v q --nologo
rm -f "$out/bin/shim.so"
# TorchSharp's glue is linked against libstdc++ 13, whose iostreams are set up by this function; older ones (Debian 12) set themselves up
# in every object that uses them, so that nothing is left to do. See LibTorch/TorchLoader.cs.
if ! grep -q GLIBCXX_3.4.32 "$(gcc -print-file-name=libstdc++.so.6)"; then
  echo 'void _ZSt21ios_base_library_initv(void) {}' | gcc -shared -fPIC -x c -o "$out/bin/shim.so" -
  export LD_PRELOAD=$out/bin/shim.so
fi
exec dotnet "$out/bin/Bench.dll" lst "$@"
