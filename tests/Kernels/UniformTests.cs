using MiniGrad.Tests.Devices;
using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>Numbers drawn by a kernel have the bits of those drawn on the host, and so have what is made of them.</summary>
public class UniformTests
{
    public static TheoryData<string> Names => ["cpu", "reference", "limited"];

    [Theory, MemberData(nameof(Names))]
    public void EveryRowHasTheBitsOfItsOwnNumbers(string name)
    {
        Device device = Named(name);
        foreach ((int rows, int n) in ((int, int)[])[(1, 1), (3, 5), (2, 4096), (2, 4097), (5, 10_001), (0, 7), (4, 0)])
        {
            // Keys with the highest bit set are negative as integers.
            Rng[] rngs = [.. Enumerable.Range(0, rows).Select(i => new Rng(-1 - i).At(i))];
            Tensor y = Ops.Uniform(rngs, n, device);
            Assert.Equal((DType.F32, device, new Shape(rows, n)), (y.Type, y.Device, y.Shape));
            Assert.Equal(rngs.SelectMany(rng => rng.Uniform(n)), y.ToArray<float>());
        }
        Assert.Contains(Enumerable.Range(0, 5), i => new Rng(-1 - i).At(i).Key.First > int.MaxValue);
    }

    [Theory, InlineData(0), InlineData(4), InlineData(4096)]
    public void APieceContinuesWhatOneCallGives(int first)
    {
        float[] piece = new float[101];
        new Rng(5).Uniform(first, piece);
        Assert.Equal(new Rng(5).Uniform(first + piece.Length)[first..], piece);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rng(5).Uniform(first + 2, piece));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.7)]
    [InlineData(1.0 / 3)]
    public void DropoutKeepsWhatTheHostsNumbersKeep(double probability)
    {
        Rng rng = new Rng(9).At("dropout");
        float kept = (float)(1 / (1 - probability));
        float[] expected = Array.ConvertAll(rng.Uniform(6000), u => u < probability ? 0 : kept);
        foreach (string name in (string[])["cpu", "reference", "limited"])
        {
            Assert.Equal(expected, Ops.Ones([2, 3000], device: Named(name)).Dropout(probability, rng).ToArray<float>());
            Assert.Equal(Array.ConvertAll(expected, v => (double)v),
                Ops.Ones([2, 3000], DType.F64, Named(name)).Dropout(probability, rng).ToArray<double>());
        }
    }

    /// <summary>Numbers next to the probability: a float below it must fall, one at or above it must stay.</summary>
    [Fact]
    public void DropoutComparesAsDoublesDo()
    {
        float[] draws = new Rng(3).Uniform(64);
        foreach (float draw in draws.Take(16))
        {
            foreach (double probability in (double[])[draw, Math.BitIncrement((double)draw), Math.BitDecrement((double)draw)])
            {
                float[] expected = Array.ConvertAll(draws, u => u < probability ? 0 : (float)(1 / (1 - probability)));
                Assert.Equal(expected, Ops.Ones([64]).Dropout(probability, new Rng(3)).ToArray<float>());
            }
        }
    }

    private static Device Named(string name) => name switch
    {
        "cpu" => Device.Cpu,
        "reference" => Device.Reference,
        _ => new LimitedDevice(),
    };
}
