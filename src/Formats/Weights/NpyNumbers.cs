namespace MiniGrad.Formats.Weights;

/// <summary>The bytes behind the header of a NumPy array, with those of each number turned round where <paramref name="swapped"/> is above 1.</summary>
internal sealed class NpyNumbers(StoredBytes whole, int header, int swapped) : StoredBytes(whole.File, whole.Begin + header, whole.Length - header)
{
    public override void Fill(Span<byte> target, long at)
    {
        whole.Fill(target, header + at);
        if (swapped == 1) return;
        for (Span<byte> rest = target; rest.Length > 0; rest = rest[swapped..]) rest[..swapped].Reverse();
    }
}
