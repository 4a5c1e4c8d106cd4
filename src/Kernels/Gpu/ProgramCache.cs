using System.Security.Cryptography;
using System.Text;

namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// A compiled program in the user's cache folder, under a name that hashes the device, its driver, the program's text and the
/// options. Files are written whole and begin with a hash of what follows, since drivers die of damaged programs; one that
/// cannot be read or written is no loss.
/// </summary>
internal sealed class ProgramCache
{
    /// <summary>A compiled program is a few hundred kilobytes; a file beyond this is none of ours.</summary>
    private const long LargestFile = 64 << 20;

    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(90);

    private readonly string path;

    public ProgramCache(GpuFacts facts, KernelProgram program, string options)
    {
        string key = string.Join('\n', facts.Platform, facts.Name, facts.Driver, options, program.Text);
        path = Path.Combine(Folder, $"{program.Name}-{Hash(key)}.bin");
    }

    /// <summary>
    /// Where compiled programs and results of self-tests are kept. Without a home it is a private folder of this
    /// process: others could plant programs in a shared one.
    /// </summary>
    public static string Folder { get; } = Prepared();

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

    /// <summary>A part of a file's name that stands for a text.</summary>
    internal static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    /// <summary>Writes beside the name and renames, so that a reader never sees half a file.</summary>
    internal static void WriteWhole(string path, byte[] bytes)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full disk or a read-only home only costs the time to compile again.
            Remove(temporary);
        }
    }

    private static string Prepared()
    {
        string? home = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (home is null || !Path.IsPathRooted(home))
        {
            home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        }
        if (!Path.IsPathRooted(home)) return Directory.CreateTempSubdirectory("minigrad-gpu-").FullName;
        string folder = Path.Combine(home, "minigrad", "gpu");
        // What other drivers and versions left behind.
        if (Directory.Exists(folder))
        {
            foreach (string file in Directory.EnumerateFiles(folder))
            {
                if (File.GetLastWriteTimeUtc(file) < DateTime.UtcNow - LongestLife) Remove(file);
            }
        }
        return folder;
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Somebody else's, or in use: it stays.
        }
    }
}
