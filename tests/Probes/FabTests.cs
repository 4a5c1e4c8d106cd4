using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>FAB where the distance to the boundary is known, and what a budget makes of it.</summary>
public class FabTests
{
    private const int Count = 12;

    private static readonly Shape Shape = [1, 5, 5];

    public static TheoryData<string, int, bool> Boundaries
    {
        get
        {
            TheoryData<string, int, bool> rows = [];
            foreach (string norm in (string[])["L2", "Linf", "L1"])
            {
                foreach (int targets in (int[])[0, 9])
                {
                    rows.Add(norm, targets, false);
                    rows.Add(norm, targets, true);
                }
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Boundaries))]
    public void AnAffineBoundaryIsFoundToAThousandth(string norm, int targets, bool isTight)
    {
        (Classifier classifier, Tensor images, int[] labels, double[] exact) = Affine(norm, isTight);
        AttackResult result = new Fab(Ball(norm, 100), Steps: 30, targets).Run(classifier, images, Goal.Untargeted(labels), labels);
        for (int i = 0; i < Count; i++)
        {
            Assert.True(result.Examples[i].Success);
            Assert.InRange(result.Examples[i].Nearest!.Value / exact[i], 1 - 1e-9, 1.001);
            Assert.Equal(result.Examples[i].Nearest!.Value, Ball(norm, 1)
                .Distance(images.TakeIndices(0, [i]), result.Output.TakeIndices(0, [i]))[0], 1e-12);
        }
    }

    [Theory]
    [InlineData("L2")]
    [InlineData("Linf")]
    [InlineData("L1")]
    public void SuccessIsWithinTheRadiusAndTheNormBeyondItIsTold(string norm)
    {
        (Classifier classifier, Tensor images, int[] labels, double[] exact) = Affine(norm, isTight: false);
        double radius = exact.Order().ElementAt(Count / 2) * 1.0001;
        AttackResult result = new Fab(Ball(norm, radius), Steps: 30).Run(classifier, images, Goal.Untargeted(labels), labels);
        AttackResult first = (new Fab(Ball(norm, radius), Steps: 30) { StopAtSuccess = true })
            .Run(classifier, images, Goal.Untargeted(labels), labels);
        Assert.InRange(result.Successes, Count / 2, Count / 2 + 1);
        for (int i = 0; i < Count; i++)
        {
            ExampleResult e = result.Examples[i];
            Assert.Equal(exact[i] <= radius, e.Success);
            Assert.InRange(e.Nearest!.Value / exact[i], 1 - 1e-9, 1.001);
            double moved = Ball(norm, 1).Distance(images.TakeIndices(0, [i]), result.Output.TakeIndices(0, [i]))[0];
            Assert.InRange(moved, 0, radius * (1 + 1e-9));
            if (!e.Success) Assert.Equal(radius, moved, 1e-9);
            // A first success may need the last halvings, which come behind all steps.
            Assert.Equal(e.Success, first.Examples[i].Success);
            Assert.True(first.Examples[i].Gradients <= e.Gradients);
        }
        Assert.True(first.Examples.Sum(e => e.Gradients) < result.Examples.Sum(e => e.Gradients));
    }

    [Fact]
    public void MoreTargetsThanClassesAreNoMoreSteps()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        Tensor images = ClosedForm.Images(4, Shape, 5, DType.F64, 0.1, 0.9);
        int[] labels = Logits.Prediction(classifier.Logits(images));
        AttackResult result = new Fab(Threat.L2(5), Steps: 6, Targets: 9, Refine: false)
            .Run(classifier, images, Goal.Untargeted(labels), labels);
        Assert.All(result.Examples, e => Assert.Equal((12, 12), (e.Iterations, e.Gradients)));
    }

    [Fact]
    public void LaterStartsAreHalfARadiusAway()
    {
        const double radius = 1e-6;
        foreach (Threat ball in (Threat[])[Threat.Linf(radius), Threat.L2(radius), Threat.L1(radius)])
        {
            (Classifier affine, Tensor images, int[] labels, _) = Affine("L2", isTight: false);
            List<double[]> linearised = [];
            Classifier watched = new(x =>
            {
                if (x.IsTracked) linearised.Add(ClosedForm.Doubles(x));
                return affine.Logits(x);
            }, Shape, affine.ClassCount);
            new Fab(ball, Steps: 2) { Restarts = 2 }.Run(watched, images, Goal.Untargeted(labels), labels);
            Assert.Equal(4, linearised.Count);
            double[] At(int call) => ball.Distance(images, Tensor.From(linearised[call], images.Shape));
            Assert.All(At(0), distance => Assert.Equal(0, distance));
            Assert.All(At(2), distance => Assert.Equal(radius / 2, distance, 1e-14));
        }
    }

    [Fact]
    public void AClassMayBeTheGoal()
    {
        (Classifier classifier, Tensor images, int[] labels, _) = Affine("L2", isTight: false);
        int[] targets = Array.ConvertAll(labels, label => (label + 3) % classifier.ClassCount);
        AttackResult result = new Fab(Threat.L2(100)).Run(classifier, images, Goal.Targeted(targets), labels);
        Assert.Equal(targets, Logits.Prediction(classifier.Logits(result.Output)));
        Assert.All(result.Examples, e => Assert.True(e.Success && e.Nearest > 0));
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new Fab(Threat.L2(100), Targets: 2).Run(classifier, images, Goal.Targeted(targets), labels));
        Assert.Contains("leave the 2 targets out", error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Ten classes with random normals, and each image's exact distance to the nearest of the others: of a normal w the least over all
    /// hyperplanes, within the box. Tight images lie anywhere in the box, the others near its middle.
    /// </summary>
    private static (Classifier Classifier, Tensor Images, int[] Labels, double[] Exact) Affine(string norm, bool isTight)
    {
        const int classes = 10;
        int size = (int)Shape.Count;
        double[][] w = [.. Enumerable.Range(0, classes).Select(k => new Rng(23).At(k).Normal(size))];
        double[] middle = [.. Enumerable.Repeat(0.5, size)];
        double[] b = Array.ConvertAll(w, row => -ClosedForm.Dot(row, middle));
        Classifier classifier = ClosedForm.Linear(w, b, Shape);
        Tensor images = ClosedForm.Images(Count, Shape, 29, DType.F64, isTight ? 0 : 0.45, isTight ? 1 : 0.55);
        int[] labels = Logits.Prediction(classifier.Logits(images));
        double[] exact = [.. Enumerable.Range(0, Count).Select(i =>
        {
            double[] x = ClosedForm.Row(images, i);
            return Enumerable.Range(0, classes).Where(j => j != labels[i]).Min(j =>
            {
                double[] normal = ClosedForm.Minus(w[j], w[labels[i]]);
                double value = ClosedForm.Dot(normal, x) + b[j] - b[labels[i]];
                double[] step = new double[size];
                return BoxProjection.Step(Ball(norm, 1), x, normal, value, (0, 1), step)
                    ? BoxProjection.Length(Ball(norm, 1), step)
                    : double.PositiveInfinity;
            });
        })];
        return (classifier, images, labels, exact);
    }

    private static Threat Ball(string norm, double radius) =>
        norm == "L2" ? Threat.L2(radius) : norm == "Linf" ? Threat.Linf(radius) : Threat.L1(radius);
}
