namespace MiniGrad.Cli.Fuzzing;

/// <summary>Valid files from the writers of this program, as bytes.</summary>
internal static class SeedFile
{
    public static byte[] Of(Action<string> write)
    {
        string folder = Directory.CreateTempSubdirectory("minigrad-seed-").FullName;
        try
        {
            string path = Path.Combine(folder, "seed");
            write(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Bytes that look like nothing in particular.</summary>
    public static byte[] Noise(int count) => new Dice(new Rng(count)).Bytes(count);
}
