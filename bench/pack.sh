#!/bin/bash
# Makes the archive that gpu.sh runs: bench/pack.sh [OUT.tar.gz]. Needs the .NET SDK; what it makes needs none.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${1:-minigrad-gpu.tar.gz}")
work=${PACK_WORK:-$(mktemp -d)}    # PACK_WORK keeps what was compiled, for the next time
[ -n "${PACK_WORK:-}" ] || trap 'rm -rf "$work"' EXIT
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

root=$work/root/minigrad-gpu
rm -rf "$work/root"
mkdir -p "$root/bench" "$root/tests/Goldens"
# Two programs in one folder: they share the runtime and the library. Packed leaves BenchmarkDotNet out.
for project in tests/Tests.csproj bench/Bench.csproj; do
  dotnet publish "$project" -c Release -r linux-x64 --self-contained --artifacts-path "$work/build" -o "$root/app" \
    -p:Packed=true -p:UseAppHost=true -p:SatelliteResourceLanguages=en -p:DebugType=none -v q
done
# Documentation, debugging and coverage.
rm -rf "$root"/app/{*.xml,*.pdb,Microsoft.CodeCoverage,libmscordbi.so,libmscordaccore.so,libclrgcexp.so,createdump}
cp bench/gpu.sh bench/peer.py bench/gpu_peer.py "$root/bench/"
cp tests/Goldens/torch_networks.py "$root/tests/Goldens/"
cp LICENSE "$root/"
tar -C "$work/root" --owner=0 --group=0 -cf - minigrad-gpu | gzip -9 > "$out"
bytes=$(stat -c %s "$out")
echo "$out: $((bytes / 1000000)) MB"
[ "$bytes" -lt 60000000 ] || { echo "pack.sh: the archive must stay below 60 MB"; exit 1; }
