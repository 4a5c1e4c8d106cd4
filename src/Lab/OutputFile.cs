using MiniGrad.Formats;

namespace MiniGrad.Lab;

/// <summary>Files to write: a place that cannot take them is found out before the work, not after it.</summary>
internal static class OutputFile
{
    /// <summary>Throws unless a file could be created at the path, and it is none of those to read.</summary>
    public static void Check(string path, params ReadOnlySpan<string> inputs)
    {
        foreach (string input in inputs)
        {
            if (Target(path) == Target(input)) throw new UsageException($"{path} is the file to read. Name another one to write.");
        }
        if (Directory.Exists(path)) throw new OutputException($"{path} is a folder. Name a file in it.");
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) ?? path;
        if (!Directory.Exists(folder)) throw new OutputException($"the folder {folder} of {path} does not exist. Create it first.");
        Guard(folder, () =>
        {
            string probe = System.IO.Path.Combine(folder, $".tmp-{Guid.NewGuid():N}");
            using FileStream stream = new(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        });
    }

    /// <summary>The file that a path leads to, through links.</summary>
    private static string Target(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        return File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
    }

    /// <summary>Writes a file whole.</summary>
    public static void WriteText(string path, string text) => Guard(path, () => AtomicFile.WriteText(path, text));

    /// <summary>Runs what writes to a place; its failures name that place.</summary>
    public static void Guard(string place, Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException and not (OutputException or BadFileException))
        {
            throw new OutputException(
                $"cannot write to {place}: {ErrorReport.Sentence(error)} Free space, change its rights, or name another place.", error);
        }
    }
}
