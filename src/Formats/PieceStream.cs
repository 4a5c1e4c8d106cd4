namespace MiniGrad.Formats;

/// <summary>Reads pieces of an array one after another as one stream, without joining them.</summary>
internal sealed class PieceStream(byte[] data, List<(int Start, int Length)> pieces) : Stream
{
    private int piece;
    private int done;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (piece < pieces.Count && done == pieces[piece].Length) (piece, done) = (piece + 1, 0);
        if (piece == pieces.Count) return 0;
        int count = Math.Min(buffer.Length, pieces[piece].Length - done);
        data.AsSpan(pieces[piece].Start + done, count).CopyTo(buffer);
        done += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
