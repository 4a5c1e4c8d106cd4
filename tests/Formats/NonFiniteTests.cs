using MiniGrad.Formats;
using Xunit;

namespace MiniGrad.Tests.Formats;

public sealed class NonFiniteTests
{
    [Theory, InlineData(DType.F32), InlineData(DType.F64)]
    public void TheFirstIsFoundAtEveryPlace(DType type)
    {
        foreach (double odd in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            for (int at = 0; at < 37; at++)
            {
                double[] values = new double[37];
                Array.Fill(values, at % 2 == 0 ? 3e38 : -1e-40);
                values[at] = odd;
                if (at < 30) values[at + 5] = double.NaN;

                Assert.Equal((at, odd), NonFinite.First(Tensor.From(values).Cast(type)));
            }
        }
    }

    [Fact]
    public void FiniteAndWholeNumbersPass()
    {
        Assert.Null(NonFinite.First(Tensor.From([float.MaxValue, float.Epsilon, 0, -float.MaxValue])));
        Assert.Null(NonFinite.First(Tensor.From([int.MaxValue, 0x7F80_0000])));
        Assert.Null(NonFinite.First(Ops.Zeros([0])));
    }

    [Fact]
    public void AViewIsReadInItsOwnOrder()
    {
        Tensor x = Tensor.From([1f, 2, float.NaN, 4, 5, 6], [2, 3]);

        Assert.Equal(4, NonFinite.First(x.Transpose())!.Value.Position);
        Assert.Null(NonFinite.First(x.Slice(0, 1)));
    }
}
