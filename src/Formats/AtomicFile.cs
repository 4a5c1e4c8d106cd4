using System.Text;

namespace MiniGrad.Formats;

/// <summary>
/// Writes files whole: into a temporary file of the same folder, flushed to the disk, then renamed over the target. Who
/// reads the path sees the old file or the new one, never a part.
/// </summary>
internal static class AtomicFile
{
    /// <summary>
    /// Gives the file what is written into the stream, all of it or, where writing fails,
    /// nothing: a former file stays as it was.
    /// </summary>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? throw new ArgumentException($"file: \"{path}\" names no file. Give a file name.");
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"file: the folder {folder} of {path} does not exist. Create it first.");
        }
        if (Directory.Exists(full)) throw new IOException($"file: {path} is a folder. Give a file name.");
        string temporary = Path.Combine(folder, $".tmp-{Guid.NewGuid():N}");
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes UTF-8 text without a byte order mark.</summary>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(new UTF8Encoding(false, true).GetBytes(text)));
}
