using MiniGrad.Probes;
using MiniGrad.Probes.Regions;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>The confidence along a straight line.</summary>
public class LinearPathTests
{
    private static readonly Shape Shape = [1, 4, 4];
    private static readonly Tensor Source = ClosedForm.Images(1, Shape, 1, DType.F64);
    private static readonly Tensor End = ClosedForm.Images(1, Shape, 2, DType.F64);

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(50)]
    public void OnALinearClassifierItIsALogisticCurve(int intervals)
    {
        double[] w = new Rng(1).Normal(16);
        (double from, double to) = (ClosedForm.Dot(w, ClosedForm.Row(Source, 0)), ClosedForm.Dot(w, ClosedForm.Row(End, 0)));
        LinearPath path = LinearPath.Measure(ClosedForm.Linear(w, 0.2, Shape), Source, End, 0, intervals);
        double[] expected =
            [.. Enumerable.Range(0, intervals + 1).Select(k => 1 / (1 + Math.Exp(-(from + (to - from) * k / intervals + 0.2))))];
        Assert.Equal(expected, path.Confidence, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(expected[0], path.SourceConfidence, 1e-12);
        Assert.Equal(expected.Average(), path.Mean, 1e-12);
        Assert.Equal(expected.Min() - expected[0], path.LowestDifference, 1e-12);
    }

    [Fact]
    public void AConstantClassifierStaysConstant()
    {
        LinearPath path = LinearPath.Measure(ClosedForm.Constant([2, 0, 1], Shape), Source, End, 2);
        Assert.Equal(51, path.Confidence.Length);
        Assert.All(path.Confidence, p => Assert.Equal(path.SourceConfidence, p));
        Assert.Equal(0, path.LowestDifference);
    }

    [Fact]
    public void WrongInputsAreNamed()
    {
        Classifier classifier = ClosedForm.Constant([1, 0], Shape);
        void Refused(string value, Action run) =>
            Assert.Contains(value, Assert.ThrowsAny<ArgumentException>(run).Message, StringComparison.Ordinal);
        Refused("0 intervals", () => LinearPath.Measure(classifier, Source, End, 0, 0));
        Refused("class 2", () => LinearPath.Measure(classifier, Source, End, 2));
        Refused("outside the box", () => LinearPath.Measure(classifier, Source, End + 1, 0));
        Refused("2 images", () => LinearPath.Measure(classifier, Ops.Concat([Source, End], 0), End, 0, 1));
        Refused("[1, 16]", () => LinearPath.Measure(classifier, Source, End.Flatten(), 0));
    }
}
