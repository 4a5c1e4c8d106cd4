using System.Runtime.InteropServices;

namespace MiniGrad.Fuzz;

/// <summary>Draws one after another from one stream of random numbers: an equal stream gives equal draws.</summary>
internal sealed class Dice(Rng rng)
{
    private long drawn;

    /// <summary>A uniform integer in [0, bound).</summary>
    public int Below(int bound) => rng.At(drawn++).Below(bound);

    /// <summary>True once in <paramref name="times"/> draws.</summary>
    public bool OneIn(int times) => Below(times) == 0;

    public T Of<T>(IReadOnlyList<T> list) => list[Below(list.Count)];

    public byte[] Bytes(int count)
    {
        uint[] bits = new uint[(count + 3) / 4];
        rng.At(drawn++).Bits(bits);
        return MemoryMarshal.AsBytes(bits.AsSpan())[..count].ToArray();
    }
}
