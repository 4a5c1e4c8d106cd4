using System.Security.Cryptography;
using System.Text;

namespace MiniGrad.Kernels;

/// <summary>
/// A compiled program in the user's cache folder, under a name that hashes the device, its driver, the program's text and the
/// options. Files are written whole and begin with a hash of what follows, since drivers die of damaged programs; one that
/// cannot be read or written is no loss.
/// </summary>
internal sealed class ProgramCache
{
    /// <summary>A compiled program is a few hundred kilobytes; a file beyond this is none of ours.</summary>
    private const long LargestFile = 64 << 20;

    private readonly string path;

    public ProgramCache(GpuFacts facts, KernelProgram program, string options)
    {
        string key = string.Join('\n', facts.Platform, facts.Name, facts.Driver, options, program.Text);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32];
        path = Path.Combine(Folder, $"{program.Name}-{hash}.bin");
    }

    /// <summary>Where compiled programs and results of self-tests are kept.</summary>
    public static string Folder { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } local ? local
            : Path.GetTempPath(), "minigrad", "gpu");

    public byte[]? Find()
    {
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length is <= SHA256.HashSizeInBytes or > LargestFile) return null;
            byte[] bytes = File.ReadAllBytes(path);
            byte[] binary = bytes[SHA256.HashSizeInBytes..];
            return SHA256.HashData(binary).AsSpan().SequenceEqual(bytes.AsSpan(0, SHA256.HashSizeInBytes)) ? binary : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Keep(byte[] binary)
    {
        if (binary.Length == 0) return;
        WriteWhole(path, [.. SHA256.HashData(binary), .. binary]);
    }

    /// <summary>Writes beside the name and renames, so that a reader never sees half a file.</summary>
    internal static void WriteWhole(string path, byte[] bytes)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full disk or a read-only home only costs the time to compile again.
        }
    }
}
