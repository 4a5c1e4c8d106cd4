using MiniGrad.Data;

namespace MiniGrad.Fuzz;

/// <summary>Valid files of CIFAR-10: a batch of two images, the class names, the archive.</summary>
internal static class CifarSeeds
{
    private const string Batch = "data_batch_1.bin";
    private const string Folder = "cifar-10-batches-bin/";

    private static readonly string[] Members = [Batch];

    public static IReadOnlyList<string> Words { get; } =
        ["ustar\0", "00", Folder + Batch, Folder, Batch, "batches.meta.txt", "x", "g", "L", "5", "12 path=a\n"];

    public static IReadOnlyList<byte[]> Batches() => [Images(2)];

    public static IReadOnlyList<byte[]> ClassNames() =>
        ["airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"u8.ToArray()];

    public static IReadOnlyList<byte[]> Archives() =>
        [SeedFile.Gzip(SeedFile.Tar((Folder, []), (Folder + "batches.meta.txt", ClassNames()[0]), (Folder + Batch, Images(1))))];

    public static void ReadArchive(string path) => CifarArchive.Read(path, Members);

    private static byte[] Images(int count) =>
        [.. Enumerable.Range(0, count).SelectMany(i => (byte[])[(byte)i, .. SeedFile.Noise(CifarFile.ImageBytes)])];
}
