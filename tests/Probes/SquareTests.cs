using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using Xunit;
using Xunit.Abstractions;

namespace MiniGrad.Tests.Probes;

/// <summary>The search by squares: its queries, its windows, its ball.</summary>
public class SquareTests(ITestOutputHelper output)
{
    private static readonly Shape Shape = [3, 8, 7];

    [Fact]
    public void TheShareFallsBehindItsQueries()
    {
        SquareAttack square = new(Threat.Linf(0.1));
        (int Query, double Share)[] steps =
        [
            (0, 0.8), (10, 0.8), (11, 0.4), (50, 0.4), (51, 0.2), (201, 0.1), (501, 0.05), (1001, 0.025), (2001, 0.0125),
            (4000, 0.0125), (4001, 0.00625),
        ];
        Assert.All(steps, step => Assert.Equal(step.Share, square.ShareAt(step.Query)));
        SquareAttack rescaled = square with { Queries = 1000, Rescale = true };
        Assert.All(steps, step => Assert.Equal(step.Share, rescaled.ShareAt((step.Query + 9) / 10)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ItStaysInTheBallExactlyAndSeesNoGradient(bool isL2)
    {
        foreach (DType type in (DType[])[DType.F32, DType.F64])
        {
            (Classifier classifier, Tensor images, int[] labels) = Problem(type);
            const int queries = 60;
            foreach (double radius in (double[])[0.1, 0.3])
            {
                SquareAttack attack = new(isL2 ? Threat.L2(radius) : Threat.Linf(radius), queries);
                AttackResult result = attack.Run(classifier, images, Goal.Untargeted(labels), labels);
                AttackResult all = (attack with { StopAtSuccess = false }).Run(classifier, images, Goal.Untargeted(labels), labels);
                for (int i = 0; i < labels.Length; i++)
                {
                    foreach (Tensor end in (Tensor[])[result.Output, all.Output])
                    {
                        double[] step = ClosedForm.Minus(ClosedForm.Row(end, i), ClosedForm.Row(images, i));
                        double length = isL2 ? ClosedForm.Norm(step) : step.Max(Math.Abs);
                        Assert.InRange(length, radius / 2, radius);
                    }
                    ExampleResult e = result.Examples[i];
                    Assert.Equal((0, 0), (e.Gradients, all.Examples[i].Gradients));
                    Assert.Equal(queries, all.Examples[i].Forwards);
                    if (e.Success) Assert.InRange(e.Forwards, 1, queries);
                    else Assert.Equal(queries, e.Forwards);
                    Assert.Equal(all.Examples[i].Success, e.Success);
                }
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MoreQueriesAreNeverWorse(bool isL2)
    {
        (Classifier classifier, Tensor images, int[] labels) = Problem(DType.F64);
        double[]? before = null;
        foreach (int queries in (int[])[1, 5, 25, 60])
        {
            SquareAttack attack = new(isL2 ? Threat.L2(0.3) : Threat.Linf(0.05), queries) { StopAtSuccess = false };
            AttackResult result = attack.Run(classifier, images, Goal.Untargeted(labels), labels);
            double[] margins = ClosedForm.Doubles(Loss.Margin.Of(classifier.Logits(result.Output), Goal.Untargeted(labels)));
            if (before is not null)
            {
                Assert.All(before.Zip(margins), pair => Assert.True(pair.Second >= pair.First));
                Assert.True(margins.Sum() > before.Sum());
            }
            before = margins;
        }
    }

    [Fact]
    public void WindowsLieEverywhereTheLastRowAndColumnIncluded()
    {
        const int queries = 600;
        Tensor images = ClosedForm.Images(1, Shape, 3, low: 0.4, high: 0.6);
        List<double[]> seen = [];
        // No window helps, so each is tried on the same stripes.
        Classifier watched = new(x =>
        {
            seen.Add(ClosedForm.Row(x, 0));
            return ClosedForm.Constant([1, 0], Shape).Logits(x);
        }, Shape, 2);
        new SquareAttack(Threat.Linf(0.1), queries, Share: 0.1).Run(watched, images, Goal.Untargeted([0]), [0]);
        int first = seen.FindIndex(image => !image.SequenceEqual(ClosedForm.Row(images, 0)));
        int[] changed = new int[8 * 7];
        foreach (double[] tried in seen.GetRange(first + 1, queries - 1))
        {
            for (int i = 0; i < changed.Length; i++)
            {
                if (Enumerable.Range(0, 3).Any(c => tried[c * changed.Length + i] != seen[first][c * changed.Length + i])) changed[i]++;
            }
        }
        int[] corners = [changed[0], changed[6], changed[7 * 7], changed[^1]];
        // Nearly all windows are one pixel, and an eighth of them what is there: a corner is in one of 64.
        Assert.All(corners, count => Assert.InRange(count, 2, 30));
        Assert.All(changed, count => Assert.InRange(count, 1, 120));
    }

    [Fact]
    public void APatternIsTwoPyramidsOfLengthOne()
    {
        foreach (int side in (int[])[1, 2, 3, 5, 8])
        {
            double[] pattern = SquareL2.Pattern(side);
            Assert.Equal(1, ClosedForm.Norm(pattern), 1e-12);
            Assert.All(pattern[..(side / 2 * side)], value => Assert.True(value > 0));
            Assert.All(pattern[(side / 2 * side)..], value => Assert.True(value < 0));
        }
    }

    [Fact]
    public void ATargetIsComeNearerTo()
    {
        (Classifier classifier, Tensor images, int[] labels) = Problem(DType.F64);
        Goal goal = Goal.Targeted(Array.ConvertAll(labels, label => (label + 1) % 4));
        double[] before = ClosedForm.Doubles(Loss.Margin.Of(classifier.Logits(images), goal));
        AttackResult result = new SquareAttack(Threat.Linf(0.05), 60).Run(classifier, images, goal, labels);
        double[] after = ClosedForm.Doubles(Loss.Margin.Of(classifier.Logits(result.Output), goal));
        Assert.All(before.Zip(after), pair => Assert.True(pair.Second > pair.First));
    }

    [Fact]
    public void ImagesWithoutRowsAndColumnsAreRefused()
    {
        Classifier flat = ClosedForm.TwoLayer([9], 3);
        Tensor image = ClosedForm.Images(1, [9]);
        int[] labels = Logits.Prediction(flat.Logits(image));
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new SquareAttack(Threat.Linf(0.1)).Run(flat, image, Goal.Untargeted(labels), labels));
        Assert.Contains("have no rows and columns", error.Message, StringComparison.Ordinal);
    }

    [DataFact("mnist")]
    public void ItBreaksMoreOfATrainedNetworkThanNoiseDoes()
    {
        ImageDataSet mnist = DataSets.Open("mnist", Split.Test);
        Classifier classifier = new(
            ModelCatalog.Load("lenet-madry-lite", Path.Combine(ShippedWeights.Folder()!, "lenet-lite-mnist-at.safetensors")));
        Examples examples = new(mnist.Images(0, 100), mnist.Labels[..100]);
        foreach ((Threat ball, Attack[] noises) in (
            (Threat, Attack[])[])[
            (Threat.Linf(0.3), [new SignNoise(Threat.Linf(0.3), 100), new GaussianNoise(Threat.Linf(0.3), 100)]),
            (Threat.L2(2), [new SignNoise(Threat.L2(2), 100), new GaussianNoise(Threat.L2(2), 100)])])
        {
            int square = new SquareAttack(ball, 100).Run(classifier, examples).Successes;
            foreach (Attack noise in noises)
            {
                int broken = noise.Run(classifier, examples).Successes;
                output.WriteLine($"{ball}: square {square}, {noise} {broken}");
                Assert.True(square >= broken);
            }
        }
    }

    private static (Classifier Classifier, Tensor Images, int[] Labels) Problem(DType type)
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 4);
        Tensor images = ClosedForm.Images(8, Shape, 11, type);
        return (classifier, images, Logits.Prediction(classifier.Logits(images)));
    }
}
