namespace MiniGrad.Tests.Formats;

/// <summary>The small files that NumPy wrote (tests/Goldens/make_npy.py), and the formula of their numbers.</summary>
internal static class NpySample
{
    private static readonly string Folder = FindFolder();

    public static string PathOf(string name) => Path.Combine(Folder, name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>
    /// Value i is ((i · 7 + 3) mod 23) − 11; halved for floating-point types, plus 11 for
    /// unsigned ones, and whether it is odd for bools.
    /// </summary>
    public static double[] Values(
        string kind, int count) => [.. Enumerable.Range(0, count).Select(i => (i * 7 + 3) % 23 - 11).Select(v => kind switch
        {
            "f" => v / 2.0,
            "u" => v + 11,
            "b" => v % 2 != 0 ? 1 : 0,
            _ => v,
        })];

    private static string FindFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MiniGrad.sln"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "tests", "Goldens", "npy");
    }
}
