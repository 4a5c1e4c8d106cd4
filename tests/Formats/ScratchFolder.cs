namespace MiniGrad.Tests.Formats;

/// <summary>A fresh temporary folder that is deleted at the end of the test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("minigrad-files-").FullName;

    public string this[string name] => Path.Combine(path, name);

    public string[] Names =>
        [.. Directory.GetFileSystemEntries(path).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal)];

    public string Put(string name, byte[] bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public void Dispose() => Directory.Delete(path, recursive: true);
}
