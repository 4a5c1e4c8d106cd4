using MiniGrad.Charts.Planes;
using MiniGrad.Lab;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Probes;
using MiniGrad.Tests.Charts;
using Xunit;

namespace MiniGrad.Tests.Lab;

/// <summary>A cut through a boundary: the image below its contour, the perturbed image above, the boundary point on it.</summary>
public class BoundarySectionTests
{
    private const int Middle = BoundarySection.Side / 2;

    private static readonly Session Quiet = new(TextWriter.Null, TextWriter.Null, []);

    [Fact]
    public void TheContourGoesBetweenTheImageAndThePerturbedOne()
    {
        CurvatureSubject subject = StudySubjects.Smooth with { Epsilon = 0.3 };
        BoundarySection[] sections =
            [.. subject.PredictedAs(0, 5).Select(i => BoundarySection.Of(subject, i, 0, default)).OfType<BoundarySection>()];
        // Of an image that nearly touches the boundary the grid cannot tell the side.
        sections = [.. sections.Where(s => s.Point.Distance > 0.05 * s.Half)];
        Assert.NotEmpty(sections);
        Assert.All(sections, section => Check(subject, section));
        Markup.Of(new SectionMap("cuts", [.. sections.Select(s => s.Panel())]));
    }

    [Fact]
    public void WherePgdDoesNotMoveThereIsNone() =>
        Assert.Null(BoundarySection.Of(StudySubjects.Smooth with { Epsilon = 1e-6 }, 0, 0, default));

    [DataFact("mnist")]
    public void TheStudysNetworkHasASectionOfMnist()
    {
        CurvatureSubject subject = CurvatureSubject.All(null, Device.Cpu, Quiet, new ProgressLine(Quiet)).First();
        Assert.Equal(subject.Record.Correct, subject.Predicted.Zip(subject.Set.Labels).Count(p => p.First == p.Second));
        int[] zeros = subject.PredictedAs(0, 3);
        Assert.Equal("000", string.Concat(Logits.Prediction(subject.Classifier.Logits(subject.Images(zeros)))));
        BoundarySection section = zeros.Select(i => BoundarySection.Of(subject, i, 0, default)).OfType<BoundarySection>().First();
        Assert.Equal(0, section.Point.Current);
        Assert.StartsWith("LeNet-5 with ReLU on MNIST: 0 against ", section.Title, StringComparison.Ordinal);
        Check(subject, section);
    }

    private static void Check(CurvatureSubject subject, BoundarySection section)
    {
        // The plane's origin is z: on the boundary, x before it and y beyond, on one line through it.
        double size = section.Values.Max(row => row.Max(Math.Abs));
        Assert.InRange(Math.Abs(section.Values[Middle][Middle]), 0, 1e-5 * size);
        Assert.Equal(section.Point.Margin, section.Values[Middle][Middle], 1e-6 * size);
        Assert.True(At(section, section.X) < 0, "the image is inside");
        Assert.True(At(section, section.Y) > 0, "the perturbed image is outside");
        Assert.Equal(0, (section.X.Along * section.Y.Normal - section.X.Normal * section.Y.Along) / (section.Half * section.Half), 1e-8);
        Assert.Equal(section.Point.Distance, Math.Sqrt(section.X.Along * section.X.Along + section.X.Normal * section.X.Normal), 1e-9);
        Assert.Equal(section.Half,
            1.3 * new[] { section.X.Along, section.X.Normal, section.Y.Along, section.Y.Normal }.Max(Math.Abs), 1e-12);
        // Upwards is along the normal: from z, G grows.
        Assert.True(section.Values[Middle + 1][Middle] > section.Values[Middle - 1][Middle]);
        Assert.Equal((BoundarySection.Side, BoundarySection.Side), (section.Values.Length, section.Values.Min(row => row.Length)));
        double slope =
            (section.Values[Middle + 1][Middle] - section.Values[Middle - 1][Middle]) / (4 * section.Half / (BoundarySection.Side - 1));
        double norm = new MiniGrad.Probes.Boundary.BoundaryFrames([section.Point.Competitor], true, AllowOutsideBox: true)
            .Of(subject.Classifier, section.Point.Point, [section.Point.Current])[0].Pairs[0].GradientNorm;
        Assert.InRange(slope / norm, 0.7, 1.3);
    }

    /// <summary>G at the grid point nearest to a place of the plane.</summary>
    private static double At(BoundarySection section, (double Along, double Normal) place)
    {
        int Cell(double v) => (int)Math.Round((v / section.Half + 1) / 2 * (BoundarySection.Side - 1));
        return section.Values[Cell(place.Normal)][Cell(place.Along)];
    }
}
