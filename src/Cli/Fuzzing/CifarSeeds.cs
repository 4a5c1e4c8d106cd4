using System.Formats.Tar;
using System.IO.Compression;
using MiniGrad.Data;

namespace MiniGrad.Cli.Fuzzing;

/// <summary>Valid files of CIFAR-10: a batch of two images, the class names, the archive.</summary>
internal static class CifarSeeds
{
    private const string Batch = "data_batch_1.bin";

    private static readonly string[] Members = [Batch];

    public static IReadOnlyList<byte[]> Batches() => [Images(2)];

    public static IReadOnlyList<byte[]> ClassNames() => ["airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"u8.ToArray()];

    public static IReadOnlyList<byte[]> Archives()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (TarWriter tar = new(gzip, TarEntryFormat.Ustar))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, "cifar-10-batches-bin/") { ModificationTime = DateTimeOffset.UnixEpoch });
            foreach ((string name, byte[] bytes) in ((string, byte[])[])[("batches.meta.txt", ClassNames()[0]), (Batch, Images(1))])
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "cifar-10-batches-bin/" + name) { DataStream = new MemoryStream(bytes), ModificationTime = DateTimeOffset.UnixEpoch });
            }
        }
        return [packed.ToArray()];
    }

    public static void ReadArchive(string path) => CifarArchive.Read(path, Members);

    private static byte[] Images(int count) => [.. Enumerable.Range(0, count).SelectMany(i => (byte[])[(byte)i, .. SeedFile.Noise(CifarFile.ImageBytes)])];
}
