using Xunit;

namespace MiniGrad.Tests;

/// <summary>A test on real data: it runs when MINIGRAD_DATA names a folder with these subfolders, else it is a named skip.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(params string[] folders)
    {
        Folders = folders;
        string? data = Environment.GetEnvironmentVariable("MINIGRAD_DATA");
        if (string.IsNullOrEmpty(data) || !Directory.Exists(data)
            || !Array.TrueForAll(folders, folder => Directory.Exists(Path.Combine(data, folder))))
        {
            Skip = "needs MINIGRAD_DATA (see README)";
        }
    }

    public string[] Folders { get; }
}
