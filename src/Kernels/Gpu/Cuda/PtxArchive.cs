using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// The kernel programs compiled ahead of time to NVIDIA's PTX, by make-ptx.sh. Behind Brotli: a title, the SHA-256 of all
/// that follows, then for each program a line "name, SHA-256 of the text it was made from, length" and its PTX.
/// </summary>
internal sealed class PtxArchive
{
    private const string Title = "minigrad-ptx-1";
    private const string ResourceName = "MiniGrad.Kernels.Gpu.Cuda.kernels.ptx.br";

    /// <summary>No archive of ours is near this size: what is longer is damaged.</summary>
    private const int MostBytes = 256 << 20;

    private static readonly Lazy<PtxArchive> Built = new(() =>
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException("gpu: the compiled kernels are not in this build.");
        return Read(stream);
    });

    private readonly Dictionary<string, (string Hash, int Start, int Length)> entries = [];
    private readonly byte[] bytes;

    private PtxArchive(byte[] bytes) => this.bytes = bytes;

    /// <summary>The archive of this build; unpacked at first use.</summary>
    public static PtxArchive OfThisBuild => Built.Value;

    public IEnumerable<string> Names => entries.Keys;

    /// <summary>A program's PTX, with the 0 at its end that the driver wants; throws when there is none of this text.</summary>
    public byte[] Find(KernelProgram program)
    {
        if (!entries.TryGetValue(program.Name, out (string Hash, int Start, int Length) entry))
        {
            throw new DeviceException($"gpu: CUDA: kernel {program.Name} was not compiled ahead of time: "
                + "its formula, or the numbers it was made with, are not MiniGrad's usual ones. "
                + "Use the same card through OpenCL, which compiles any formula ('minigrad devices' shows its number).");
        }
        if (entry.Hash != Hash(program))
        {
            throw new DeviceException($"gpu: CUDA: the compiled kernel {program.Name} was made from other kernels. "
                + "Run src/Kernels/Gpu/make-ptx.sh and build again, or use the same card through OpenCL.");
        }
        return [.. bytes.AsSpan(entry.Start, entry.Length), 0];
    }

    /// <summary>What a program's text is known by.</summary>
    public static string Hash(KernelProgram program) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(program.Text)));

    /// <summary>Unpacks an archive and checks that nothing in it was changed.</summary>
    public static PtxArchive Read(Stream packed)
    {
        try
        {
            using BrotliStream unpacking = new(packed, CompressionMode.Decompress, leaveOpen: true);
            using MemoryStream whole = new();
            byte[] part = new byte[1 << 16];
            for (int count; (count = unpacking.Read(part)) > 0;)
            {
                whole.Write(part, 0, count);
                if (whole.Length > MostBytes) throw Damaged();
            }
            PtxArchive archive = new(whole.ToArray());
            archive.ReadEntries();
            return archive;
        }
        catch (Exception error)
            when (error is InvalidOperationException or InvalidDataException or FormatException or ArgumentException or OverflowException)
        {
            throw Damaged();
        }
    }

    /// <summary>Packs programs and their PTX; the same programs give the same bytes.</summary>
    public static void Write(Stream to, IEnumerable<(KernelProgram Program, byte[] Ptx)> programs)
    {
        using MemoryStream body = new();
        foreach ((KernelProgram program, byte[] ptx) in programs)
        {
            body.Write(
                Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{program.Name} {Hash(program)} {ptx.Length}\n")));
            body.Write(ptx);
        }
        byte[] content = body.ToArray();
        using BrotliStream packing = new(to, new BrotliCompressionOptions { Quality = 11 }, leaveOpen: true);
        packing.Write(Encoding.ASCII.GetBytes($"{Title}\n{Convert.ToHexStringLower(SHA256.HashData(content))}\n"));
        packing.Write(content);
    }

    private void ReadEntries()
    {
        int at = 0;
        if (Line(ref at) != Title || Line(ref at) != Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(at)))) throw Damaged();
        while (at < bytes.Length)
        {
            string[] words = Line(ref at).Split(' ');
            int length = int.Parse(words[2], CultureInfo.InvariantCulture);
            entries.Add(words[0], (words[1], at, length));
            at += length;
        }
    }

    private string Line(ref int at)
    {
        int end = bytes.AsSpan(at).IndexOf((byte)'\n');
        if (end < 0) throw Damaged();
        string line = Encoding.ASCII.GetString(bytes, at, end);
        at += end + 1;
        return line;
    }

    private static DeviceException Damaged() => new(
        "gpu: CUDA: the compiled kernels of this build are damaged. Build or install MiniGrad again, or use the same card through OpenCL.");
}
