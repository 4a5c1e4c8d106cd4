using System.IO.Hashing;

namespace MiniGrad.Formats;

/// <summary>The bytes of one array of numbers: a stretch of a file or, where they were packed, of memory.</summary>
internal abstract class StoredBytes(FileBytes file, long begin, long length)
{
    public FileBytes File => file;

    /// <summary>Where the bytes begin in the file, for errors.</summary>
    public long Begin => begin;

    public long Length => length;

    /// <summary>Copies bytes from a place in the range on.</summary>
    public abstract void Fill(Span<byte> target, long at);

    public BadFileException Bad(long at, string problem) => file.Bad(begin + at, problem);
}

/// <summary>Bytes that lie in the file as they are; with a checksum, they are checked before the first of them is used.</summary>
internal sealed class FileRange(FileBytes file, long begin, long length, uint? checksum = null) : StoredBytes(file, begin, length)
{
    private bool trusted = checksum is null;

    public override void Fill(Span<byte> target, long at)
    {
        if (trusted)
        {
            File.Fill(target, Begin + at);
            return;
        }
        bool whole = at == 0 && target.Length == Length;
        Check(whole ? target : default);
        if (!whole) File.Fill(target, Begin + at);
    }

    /// <summary>Reads and sums all bytes piece by piece, while they are in the processor's cache; keeps them where there is room.</summary>
    private void Check(Span<byte> room)
    {
        const int Piece = 256 * 1024;
        byte[] buffer = room.IsEmpty ? new byte[(int)Math.Min(Piece, Length)] : [];
        Crc32 running = new();
        for (long done = 0; done < Length;)
        {
            int count = (int)Math.Min(Piece, Length - done);
            Span<byte> part = room.IsEmpty ? buffer.AsSpan(0, count) : room.Slice((int)done, count);
            File.Fill(part, Begin + done);
            running.Append(part);
            done += count;
        }
        uint sum = running.GetCurrentHashAsUInt32();
        if (sum != checksum)
        {
            throw Bad(0, $"the checksum of these {Length} bytes is {sum:x8}, not {checksum:x8}. The file is damaged: fetch it again");
        }
        trusted = true;
    }
}

/// <summary>Bytes that had to be unpacked, from their place in the file.</summary>
internal sealed class UnpackedRange(FileBytes file, long begin, byte[] bytes) : StoredBytes(file, begin, bytes.Length)
{
    public override void Fill(Span<byte> target, long at) => bytes.AsSpan((int)at, target.Length).CopyTo(target);
}
