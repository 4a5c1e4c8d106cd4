using System.Runtime.InteropServices;

namespace MiniGrad;

/// <summary>
/// Counter-based random numbers (Philox 4×32-10, Salmon et al., SC 2011): a value is a function of the key alone, so
/// it has the same bits on every device, thread count and batch split. The key is made of a seed and a path of
/// integers; <see cref="At(long)"/> descends one step.
/// </summary>
public readonly struct Rng : IEquatable<Rng>
{
    private readonly uint key0;
    private readonly uint key1;

    /// <summary>The stream of a seed; its low and high 32 bits are the key.</summary>
    public Rng(long seed) : this((uint)seed, (uint)(seed >> 32))
    {
    }

    /// <summary>The stream of two key words, as <see cref="Key"/> gave them.</summary>
    public Rng(uint key0, uint key1)
    {
        this.key0 = key0;
        this.key1 = key1;
    }

    /// <summary>The two words that decide every number: all that a kernel needs to draw them.</summary>
    public (uint First, uint Second) Key => (key0, key1);

    /// <summary>The independent stream for one integer: an example, a target, a restart, a draw.</summary>
    public Rng At(long index)
    {
        (uint a, uint b, _, _) = Philox((uint)index, (uint)(index >> 32), 0x5EED, 0xD15C);
        return new(a, b);
    }

    /// <summary>The independent stream for a purpose named by a word.</summary>
    public Rng At(string stream)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in stream) hash = (hash ^ c) * 1099511628211;
        return At((long)hash);
    }

    /// <summary>Uniform integers below 2³².</summary>
    public void Bits(Span<uint> values) => Bits(0, values);

    private void Bits(uint counter, Span<uint> values)
    {
        for (int i = 0; i < values.Length; i += 4)
        {
            (uint a, uint b, uint c, uint d) = Philox(counter + (uint)(i / 4), 0, 0, 0);
            values[i] = a;
            if (i + 1 < values.Length) values[i + 1] = b;
            if (i + 2 < values.Length) values[i + 2] = c;
            if (i + 3 < values.Length) values[i + 3] = d;
        }
    }

    /// <summary>Uniform floats in [0, 1): the upper 24 bits of each integer.</summary>
    public float[] Uniform(int count)
    {
        float[] values = new float[count];
        Uniform(values);
        return values;
    }

    /// <summary>The same into given memory.</summary>
    public void Uniform(Span<float> values) => Uniform(0, values);

    /// <summary>The same numbers from another place on, a multiple of 4: what one call gives can be drawn in pieces.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The place is negative or no multiple of 4.</exception>
    public void Uniform(int first, Span<float> values)
    {
        if (first < 0 || first % 4 != 0) Throw.Range($"rng: numbers from place {first} on; a piece begins at a multiple of 4.");
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        Bits((uint)(first / 4), bits);
        for (int i = 0; i < values.Length; i++) values[i] = (bits[i] >> 8) * (1f / (1 << 24));
    }

    /// <summary>One uniform double in [0, 1) with 53 random bits.</summary>
    public double Uniform()
    {
        (uint a, uint b, _, _) = Philox(0, 0, 0, 1);
        return (((ulong)a << 32 | b) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A uniform integer in [0, bound).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is below 1.</exception>
    public int Below(int bound)
    {
        if (bound < 1) Throw.Range($"rng: bound {bound} must be at least 1.");
        (uint a, uint b, _, _) = Philox(0, 0, 0, 2);
        return (int)Math.BigMul((ulong)a << 32 | b, (ulong)bound, out _);
    }

    /// <summary>Standard normal numbers (Box and Muller, in double).</summary>
    public double[] Normal(int count)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i += 2)
        {
            (uint a, uint b, uint c, uint d) = Philox((uint)(i / 2), 0, 0, 3);
            double u = 1 - (((ulong)a << 32 | b) >> 11) * (1.0 / (1UL << 53));
            double v = (((ulong)c << 32 | d) >> 11) * (1.0 / (1UL << 53));
            double radius = Math.Sqrt(-2 * Math.Log(u));
            values[i] = radius * Math.Cos(2 * Math.PI * v);
            if (i + 1 < count) values[i + 1] = radius * Math.Sin(2 * Math.PI * v);
        }
        return values;
    }

    /// <summary>A random order of 0 … count − 1 (Fisher and Yates).</summary>
    public int[] Permutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        uint[] bits = new uint[2 * Math.Max(1, count)];
        Bits(bits);
        for (int i = count - 1; i > 0; i--)
        {
            int j = (int)Math.BigMul((ulong)bits[2 * i] << 32 | bits[2 * i + 1], (ulong)i + 1, out _);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    /// <summary>Whether both give the same numbers.</summary>
    public bool Equals(Rng other) => key0 == other.key0 && key1 == other.key1;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Rng other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(key0, key1);

    /// <summary>Whether both give the same numbers.</summary>
    public static bool operator ==(Rng a, Rng b) => a.Equals(b);

    /// <summary>Whether they give other numbers.</summary>
    public static bool operator !=(Rng a, Rng b) => !a.Equals(b);

    private (uint, uint, uint, uint) Philox(uint c0, uint c1, uint c2, uint c3)
    {
        uint k0 = key0;
        uint k1 = key1;
        for (int round = 0; round < 10; round++)
        {
            ulong a = (ulong)0xD2511F53 * c0;
            ulong b = (ulong)0xCD9E8D57 * c2;
            (c0, c1, c2, c3) = ((uint)(b >> 32) ^ c1 ^ k0, (uint)b, (uint)(a >> 32) ^ c3 ^ k1, (uint)a);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return (c0, c1, c2, c3);
    }
}
