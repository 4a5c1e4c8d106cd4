using Xunit;

namespace MiniGrad.Tests;

/// <summary>The generator against its paper's known answers, and the statistics of what is made from it.</summary>
public class RngTests
{
    /// <summary>philox4x32-10 with counter 0 and key 0: kat_vectors of Random123 (Salmon et al., SC 2011).</summary>
    [Fact]
    public void KnownAnswer()
    {
        uint[] bits = new uint[4];
        new Rng(0).Bits(bits);
        Assert.Equal([0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u], bits);
    }

    [Fact]
    public void AShorterDrawIsThePrefixOfALongerOne()
    {
        Rng rng = new(123);
        uint[] all = new uint[1000];
        rng.Bits(all);
        Assert.Equal(1000, all.Distinct().Count());
        float[] uniform = rng.Uniform(1000);
        double[] normal = rng.Normal(1000);
        for (int n = 0; n < 20; n++)
        {
            uint[] head = new uint[n];
            rng.Bits(head);
            Assert.Equal(all[..n], head);
            Assert.Equal(uniform[..n], rng.Uniform(n));
            Assert.Equal(normal[..n], rng.Normal(n));
        }
    }

    [Fact]
    public void UniformNumbersAreUniform()
    {
        const int n = 1 << 20;
        float[] draws = new Rng(1).Uniform(n);
        Assert.All(draws.Chunk(4096), chunk => Assert.InRange(chunk.Min(), 0, 1));
        Assert.True(draws.Max() < 1);
        // 64 cells: χ² has mean 63 and deviation √126 ≈ 11.2; five of them on either side.
        int[] cells = new int[64];
        foreach (float draw in draws) cells[(int)(draw * 64)]++;
        double expected = n / 64.0;
        Assert.InRange(cells.Sum(count => (count - expected) * (count - expected) / expected), 63 - 56, 63 + 56);
        // Neighbours are uncorrelated: the mean product of centred numbers has deviation 1/(12 √n) ≈ 8e-5.
        double product = 0;
        for (int i = 1; i < n; i++) product += (draws[i] - 0.5) * (draws[i - 1] - 0.5);
        Assert.InRange(product / n, -4e-4, 4e-4);
    }

    [Fact]
    public void NormalNumbersAreNormal()
    {
        const int n = 1 << 18;
        double[] draws = new Rng(2).Normal(n);
        double root = Math.Sqrt(n);
        // Moments 1 to 4 of the standard normal within five deviations: √1, √2, √15, √96 over √n.
        Assert.InRange(draws.Average(), -5 / root, 5 / root);
        Assert.InRange(draws.Average(d => d * d), 1 - 5 * Math.Sqrt(2) / root, 1 + 5 * Math.Sqrt(2) / root);
        Assert.InRange(draws.Average(d => d * d * d), -5 * Math.Sqrt(15) / root, 5 * Math.Sqrt(15) / root);
        Assert.InRange(draws.Average(d => d * d * d * d), 3 - 5 * Math.Sqrt(96) / root, 3 + 5 * Math.Sqrt(96) / root);
    }

    [Fact]
    public void StreamsDiffer()
    {
        Rng rng = new(5);
        HashSet<uint> first = [];
        uint[] bits = new uint[1];
        foreach (Rng stream in (Rng[])[rng, new(6), new(5L << 32), rng.At("a"), rng.At("b"),
            rng.At("a").At("b"), rng.At("b").At("a"), .. Enumerable.Range(-50, 100).Select(i => rng.At(i))])
        {
            stream.Bits(bits);
            Assert.True(first.Add(bits[0]));
        }
        Assert.Equal(rng.At(3).At("x"), new Rng(5).At(3).At("x"));
        Assert.True(rng.At(3) != rng.At(4));

        // Two streams: correlation of n pairs has deviation 1/√n.
        const int n = 100_000;
        double[] a = rng.At(0).Normal(n);
        double[] b = rng.At(1).Normal(n);
        Assert.InRange(a.Zip(b, (x, y) => x * y).Average() * Math.Sqrt(n), -5, 5);
    }

    [Fact]
    public void BoundedIntegersAndPermutations()
    {
        Rng rng = new(9);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++) counts[rng.At(i).Below(7)]++;
        // Each count is binomial with deviation √(70 000 · 6/49) ≈ 93.
        Assert.All(counts, count => Assert.InRange(count, 10_000 - 465, 10_000 + 465));
        Assert.Throws<ArgumentOutOfRangeException>(() => rng.Below(0));

        // All 24 orders of 4 appear about equally often: deviation √(24 000 · 23)/24 ≈ 31.
        Dictionary<string, int> orders = [];
        for (int i = 0; i < 24_000; i++)
        {
            string order = string.Concat(rng.At(i).Permutation(4));
            orders[order] = orders.GetValueOrDefault(order) + 1;
        }
        Assert.Equal(24, orders.Count);
        Assert.All(orders.Values, count => Assert.InRange(count, 1000 - 155, 1000 + 155));
        Assert.Equal([], rng.Permutation(0));
    }
}
