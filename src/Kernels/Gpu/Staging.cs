using System.Runtime.InteropServices;

namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// Host memory from which small uploads are copied while the host goes on: labels and flags of a step need not wait for the
/// step before. Pieces are handed out one after another; at the end of the memory, the queue is waited for once.
/// </summary>
internal sealed unsafe class Staging(Action epilogue)
{
    private const int Size = 4 << 20;

    /// <summary>Larger uploads are copied from where they lie, and waited for.</summary>
    private const int LargestPiece = 256 << 10;

    private byte* memory;
    private int used;

    /// <summary>A copy of the bytes that stays until the queue has passed it; none when they are too many.</summary>
    public byte* Copy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LargestPiece) return null;
        if (memory is null) memory = (byte*)NativeMemory.AlignedAlloc(Size, 64);
        if (used + bytes.Length > Size)
        {
            epilogue();
            used = 0;
        }
        byte* at = memory + used;
        bytes.CopyTo(new Span<byte>(at, bytes.Length));
        used = (used + bytes.Length + 63) & ~63;
        return at;
    }
}
