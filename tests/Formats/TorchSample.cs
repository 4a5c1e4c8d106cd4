namespace MiniGrad.Tests.Formats;

/// <summary>The small files that PyTorch wrote (tests/Goldens/make_torch_files.py), and the formula of their numbers.</summary>
internal static class TorchSample
{
    private static readonly string Folder = FindFolder();

    public static string PathOf(string name) => Path.Combine(Folder, name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>Value i is ((i · 7 + phase) mod 23) − 11; halved for floating-point types.</summary>
    public static double[] Values(int count, int phase, double scale = 0.5) =>
        [.. Enumerable.Range(0, count).Select(i => ((i * 7 + phase) % 23 - 11) * scale)];

    private static string FindFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MiniGrad.sln"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "tests", "Goldens", "torch");
    }
}
