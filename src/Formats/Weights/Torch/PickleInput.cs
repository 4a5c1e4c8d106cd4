using System.Buffers.Binary;

namespace MiniGrad.Formats.Weights;

/// <summary>The bytes of pickles that lie in a file one after another, read through a buffer from front to back.</summary>
internal sealed class PickleInput
{
    /// <summary>No number, name or line of a pickle that is read is longer.</summary>
    public const int LongestText = 1 << 20;

    private const int BufferBytes = 64 * 1024;

    private readonly FileBytes file;
    private readonly long end;
    private byte[] buffer;
    private int at;
    private int filled;

    /// <summary>Where the first byte behind the buffer lies in the file.</summary>
    private long next;

    public PickleInput(FileBytes file, long begin, long end)
    {
        this.file = file;
        this.end = end;
        next = begin;
        buffer = new byte[(int)Math.Min(BufferBytes, end - begin)];
    }

    /// <summary>Bytes that had to be unpacked; offsets count from the place of the packed ones.</summary>
    public PickleInput(FileBytes file, long begin, byte[] unpacked)
    {
        this.file = file;
        buffer = unpacked;
        filled = unpacked.Length;
        end = next = begin + unpacked.Length;
    }

    /// <summary>Where the next byte lies in the file.</summary>
    public long Position => next - (filled - at);

    public long Left => end - Position;

    public BadFileException Bad(long offset, string problem) => file.Bad(offset, problem);

    /// <summary>Bytes of the same file that are no pickle.</summary>
    public FileRange Range(long begin, long length) => new(file, begin, length);

    public byte Byte() => Bytes(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public int I32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    public long I64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    public double BigEndianF64() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(8));

    /// <summary>The next bytes; they are overwritten by the next call.</summary>
    public ReadOnlySpan<byte> Bytes(long count)
    {
        if (count < 0 || count > Left)
        {
            throw Bad(Position, $"the pickle is cut short: {(ulong)count} bytes are needed, {Left} are left. Fetch the file again");
        }
        if (count > LongestText) throw Bad(Position, $"a text of {count} bytes; at most {LongestText} are read");
        if (count > filled - at) Refill((int)count);
        ReadOnlySpan<byte> bytes = buffer.AsSpan(at, (int)count);
        at += (int)count;
        return bytes;
    }

    /// <summary>The bytes up to the next line feed, which is passed over.</summary>
    public ReadOnlySpan<byte> Line()
    {
        const int LongestLine = 1024;
        int most = (int)Math.Min(LongestLine, Left);
        if (most > filled - at) Refill(most);
        int length = buffer.AsSpan(at, most).IndexOf((byte)'\n');
        if (length < 0) throw Bad(Position, $"a line of the pickle does not end within {most} bytes");
        ReadOnlySpan<byte> line = buffer.AsSpan(at, length);
        at += length + 1;
        return line;
    }

    /// <summary>Goes on behind bytes that are not of a pickle.</summary>
    public void Skip(long count)
    {
        long target = Position + count;
        if (target <= next)
        {
            at = filled - (int)(next - target);
            return;
        }
        next = target;
        at = filled = 0;
    }

    private void Refill(int least)
    {
        int kept = filled - at;
        byte[] target = least > buffer.Length ? new byte[least] : buffer;
        buffer.AsSpan(at, kept).CopyTo(target);
        buffer = target;
        int more = (int)Math.Min(buffer.Length - kept, end - next);
        file.Fill(buffer.AsSpan(kept, more), next);
        next += more;
        at = 0;
        filled = kept + more;
    }
}

/// <summary>What all pickles of one file may cost together: far above any checkpoint, about 100 MB of memory at the most.</summary>
internal sealed class PickleBudget
{
    private const int MostSteps = 2_000_000;
    private const long MostText = 16 << 20;

    private int steps;
    private long text;

    /// <summary>Every step of the machine, which makes at most one small object.</summary>
    public void Step(PickleInput input)
    {
        if (++steps > MostSteps)
        {
            throw input.Bad(input.Position, $"the pickle takes more than {MostSteps} steps. Save the state_dict alone");
        }
    }

    public void Text(PickleInput input, long length)
    {
        text += length;
        if (text > MostText)
        {
            throw input.Bad(input.Position, $"the pickle holds more than {MostText} bytes of text. Save the state_dict alone");
        }
    }
}
