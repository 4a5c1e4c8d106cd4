using Microsoft.Win32.SafeHandles;

namespace MiniGrad.Formats;

/// <summary>
/// A file open for reading at any offset. Its parser says how a refusal is thrown, so that
/// all layers of a format throw one type.
/// </summary>
internal sealed class FileBytes : IDisposable
{
    private readonly SafeFileHandle handle;

    private FileBytes(string path, SafeFileHandle handle, Func<string, long, string, BadFileException> refusal)
    {
        Path = path;
        this.handle = handle;
        Refusal = refusal;
        Length = RandomAccess.GetLength(handle);
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>The error of path, offset and problem; another one once it is known whose file it is.</summary>
    public Func<string, long, string, BadFileException> Refusal { private get; set; }

    /// <summary>What a parser makes of an opened file, which it keeps; where it refuses the file, that is closed.</summary>
    public static T Open<T>(string path, Func<string, long, string, BadFileException> refusal, Func<FileBytes, T> make)
    {
        FileBytes file = new(path,
            File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess), refusal);
        try
        {
            return make(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The first bytes, as many as there are.</summary>
    public Span<byte> Head(Span<byte> buffer)
    {
        Span<byte> head = buffer[..(int)Math.Min(buffer.Length, Length)];
        Fill(head, 0);
        return head;
    }

    public void Fill(Span<byte> target, long offset)
    {
        while (target.Length > 0)
        {
            int read = RandomAccess.Read(handle, target, offset);
            if (read == 0) throw Bad(offset, "the file became shorter while it was read. Read it again once it is complete");
            target = target[read..];
            offset += read;
        }
    }

    public BadFileException Bad(long offset, string problem) => Refusal(Path, offset, problem);

    public void Dispose() => handle.Dispose();
}
