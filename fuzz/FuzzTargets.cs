using MiniGrad.Data;
using MiniGrad.Formats.Archives;
using MiniGrad.Formats.Images;
using MiniGrad.Formats.Weights;
using MiniGrad.Lab.Runs;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;

namespace MiniGrad.Fuzz;

/// <summary>Every reader of files from outside.</summary>
internal static class FuzzTargets
{
    /// <summary>Deflate makes at most 1032 bytes of one.</summary>
    private const int Deflate = 1032;

    /// <summary>A block of 8 by 8 pixels takes a few bits, and holds its pixels as coefficients, as samples and as colours.</summary>
    private const int JpegBlock = 8 * 64 * 12;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("safetensors", SafetensorsSeeds.Make, ReadSafetensors, typeof(SafetensorsException))
        {
            Parts = [Envelopes.Counted(0, 8), Envelopes.Counted(0, 8)],
            Words = SafetensorsSeeds.Words,
        },
        new("checkpoint", CheckpointSeeds.Make, CheckpointSeeds.Read, typeof(SafetensorsException), typeof(WeightsException))
        {
            Parts = [Envelopes.Counted(0, 8), Envelopes.Counted(0, 8)],
            Words =
                [.. SafetensorsSeeds.Words, "parameter/fc1.weight", "optimizer/fc1.weight/mean", "recipe", "data_sha256", "epoch", "seen"],
        },
        new("torch", TorchSeeds.Make, TorchSeeds.Read, typeof(TorchException), typeof(SafetensorsException), typeof(NpyException))
        {
            Parts = [ZipEnvelope.Entry, ZipEnvelope.Entry, ZipEnvelope.Checks, TarEnvelope.Entry, TarEnvelope.Checks],
            Words = TorchSeeds.Words,
            Expansion = Deflate,
        },
        new("npy", NumpySeeds.Arrays, ReadNpy, typeof(NpyException))
        {
            Parts = [Envelopes.Counted(8, 2), Envelopes.Counted(8, 2)],
            Words = NumpySeeds.Words,
        },
        new("npz", NumpySeeds.Archives, ReadNpz, typeof(NpyException))
        {
            Parts = [ZipEnvelope.Entry, Envelopes.Within(ZipEnvelope.Entry, Envelopes.Counted(8, 2)), ZipEnvelope.Checks],
            Words = NumpySeeds.Words,
            Expansion = Deflate,
        },
        new("png", PngSeeds.Make, path => ImageFile.Read(path), typeof(PngException))
        {
            Parts = [PngEnvelope.Checks, PngEnvelope.Content, PngEnvelope.Content, PngEnvelope.Rows],
            Words = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND", "tEXt", "\0\0\0\0IDAT", "\0\0\0\0IEND\xAE\x42\x60\x82"],
            // A byte of packed 1-bit palette pixels becomes 1032 times 8 pixels of up to 4 bytes.
            Expansion = Deflate * 8 * 4,
        },
        new("jpeg", JpegSeeds.Make, path => ImageFile.Read(path), typeof(JpegException), typeof(PngException))
        {
            Parts = [JpegEnvelope.Segment, JpegEnvelope.Segment],
            Words = JpegSeeds.Markers,
            Expansion = JpegBlock,
        },
        new("idx", IdxSeeds.Make, path => IdxFile.Read(path), typeof(IdxException))
        {
            Parts = [Envelopes.Gzip],
            Expansion = Deflate,
        },
        new("cifar-batch", CifarSeeds.Batches, path => CifarFile.Read(path), typeof(CifarException)),
        new("cifar-names", CifarSeeds.ClassNames, path => CifarFile.ReadClassNames(path), typeof(CifarException)),
        new("cifar-archive", CifarSeeds.Archives, CifarSeeds.ReadArchive, typeof(CifarException), typeof(TarException))
        {
            Parts = [
                Envelopes.Gzip, Envelopes.Within(Envelopes.Gzip, TarEnvelope.Checks), Envelopes.Within(Envelopes.Gzip, TarEnvelope.Entry)],
            Words = CifarSeeds.Words,
            Expansion = Deflate,
        },
        new("class-names", JsonSeeds.ClassNames, path => ClassNames.Load(path), typeof(ClassNamesException)) { Words = JsonSeeds.Words },
        new("weight-index", JsonSeeds.Index, path => WeightIndex.Load(path), typeof(WeightIndexException)) { Words = JsonSeeds.Words },
        new("run-summary", RunSeeds.Summary, RunSeeds.ReadSummary, typeof(RunFolderException))
        {
            Words = JsonSeeds.Words,
            FileName = "summary.json",
        },
        new("run-manifest", RunSeeds.Manifest, RunSeeds.ReadManifest, typeof(RunFolderException))
        {
            Words = JsonSeeds.Words,
            FileName = "manifest.json",
        },
        new("run-results", RunSeeds.Results, RunSeeds.ReadResults, typeof(RunFolderException))
        {
            Words = JsonSeeds.Words,
            FileName = "results.jsonl",
        },
    ];

    private static void ReadSafetensors(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (string name in file.Names) file.Read(name);
    }

    private static void ReadNpy(string path)
    {
        using NpyFile file = NpyFile.Open(path);
        file.Read(file.Names[0]);
    }

    private static void ReadNpz(string path)
    {
        using NpzFile file = NpzFile.Open(path);
        foreach (string name in file.Names) file.Read(name);
    }
}
