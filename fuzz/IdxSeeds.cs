using MiniGrad.Data;

namespace MiniGrad.Fuzz;

/// <summary>Valid IDX files, plain and packed.</summary>
internal static class IdxSeeds
{
    public static IReadOnlyList<byte[]> Make() =>
    [
        SeedFile.Of(path => IdxFile.Write(path, [3, 4, 5], SeedFile.Noise(60))),
        SeedFile.Of(path => IdxFile.Write(path, [12], SeedFile.Noise(12))),
        SeedFile.Of(path => IdxFile.Write(path, [3, 4, 5], SeedFile.Noise(60), gzip: true)),
        SeedFile.Of(path => IdxFile.Write(path, [2, 2, 50, 50], new byte[10_000], gzip: true)),
    ];
}
