using MiniGrad.Formats.Archives;

namespace MiniGrad.Formats.Weights;

/// <summary>A NumPy array of a file, with its header; an array of an archive lies in one of its files.</summary>
internal sealed record NpyEntry(string Name, NpyHeader Header, ZipEntry? Packed = null) : WeightEntry(Name, Header.DType, Header.Shape)
{
    /// <summary>Reads the numbers out of the range that begins with the header.</summary>
    public Tensor Read(StoredBytes whole)
    {
        NpyNumbers numbers = new(whole, Header.Bytes, Header.IsBigEndian ? StoredType.Size(DType) : 1);
        if (!Header.IsFortran || Shape.Length < 2) return StoredTensor.Read(this, numbers);
        // Column by column: the first index moves fastest.
        long[] strides = new long[Shape.Length];
        long stride = 1;
        for (int axis = 0; axis < strides.Length; axis++)
        {
            strides[axis] = stride;
            stride *= Math.Max(1, Shape[axis]);
        }
        return StoredTensor.Gather(this, numbers, 0, strides);
    }
}

/// <summary>
/// The bytes behind the header of a NumPy array, with those of each number turned round
/// where <paramref name="swapped"/> is above 1.
/// </summary>
internal sealed class NpyNumbers(StoredBytes whole, int header, int swapped)
    : StoredBytes(whole.File, whole.Begin + header, whole.Length - header)
{
    public override void Fill(Span<byte> target, long at)
    {
        whole.Fill(target, header + at);
        if (swapped == 1) return;
        for (Span<byte> rest = target; rest.Length > 0; rest = rest[swapped..]) rest[..swapped].Reverse();
    }
}
