using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Kernels;
using Xunit;
using Xunit.Abstractions;

namespace MiniGrad.Tests.Probes;

/// <summary>The walk that sees predicted classes only.</summary>
public class BoundaryWalkTests(ITestOutputHelper output)
{
    private static readonly Shape Shape = [1, 4, 4];

    [Fact]
    public void AnAffineBoundaryIsApproached()
    {
        double[] w = new Rng(31).Normal(16);
        Classifier classifier = ClosedForm.Linear(w, -ClosedForm.Dot(w, [.. Enumerable.Repeat(0.5, 16)]), Shape);
        Tensor images = ClosedForm.Images(8, Shape, 5, DType.F64, 0.35, 0.65);
        AttackResult few = new BoundaryWalk(Iterations: 50).Run(classifier, images, new int[8]);
        AttackResult many = new BoundaryWalk(Iterations: 1000).Run(classifier, images, new int[8]);
        for (int i = 0; i < 8; i++)
        {
            double margin = ClosedForm.Dot(w, ClosedForm.Minus(ClosedForm.Row(images, i), [.. Enumerable.Repeat(0.5, 16)]));
            double exact = Math.Abs(margin) / ClosedForm.Norm(w);
            (ExampleResult start, ExampleResult end) = (few.Examples[i], many.Examples[i]);
            output.WriteLine($"exact {exact:F4}, 50 steps {start.DistanceL2 / exact:F4}, 1000 steps {end.DistanceL2 / exact:F6}");
            Assert.Equal((ExampleStatus.Reached, true, 0), (end.Status, end.Success, end.Gradients));
            Assert.InRange(end.DistanceL2 / exact, 1 - 1e-9, 1.01);
            Assert.True(end.DistanceL2 < start.DistanceL2);
            Assert.InRange(end.Forwards, 1000, 2 * 1000 + 100 + 80);
            Assert.True(double.IsNaN(end.Boundary!.NormalCosine));
        }
    }

    [Fact]
    public void NothingButTheOrderOfTheLogitsMatters()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        Tensor images = ClosedForm.Images(6, Shape, 7, low: 0.1, high: 0.9);
        BoundaryWalk walk = new(Iterations: 60);
        AttackResult plain = walk.Run(classifier, images, new int[6]);
        Func<Tensor, Tensor>[] changes =
        [
            // Powers of two, since rounding would make equal logits of different ones.
            z => z * 1024,
            z => z * (1.0 / 256),
            // A classifier that says its class and nothing else has no gradient.
            z => Ops.OneHot(Logits.Prediction(z), 3),
        ];
        foreach (Func<Tensor, Tensor> change in changes)
        {
            Classifier changed = new(x => change(classifier.Logits(x.Detach())), Shape, 3);
            AttackResult result = walk.Run(changed, images, new int[6]);
            Numbers.SameBits(plain.Output, result.Output, "another scale of the logits");
            Assert.Equal(plain.Examples.Select(e => (e.Status, e.DistanceL2, e.Forwards)),
                result.Examples.Select(e => (e.Status, e.DistanceL2, e.Forwards)));
        }
        Assert.True(plain.Successes > 0);
    }

    [Fact]
    public void WithoutAStartThereIsNoWalk()
    {
        Tensor images = ClosedForm.Images(2, Shape, 7);
        AttackResult result = new BoundaryWalk(StartDraws: 7).Run(ClosedForm.Constant([1, 0], Shape), images, [0, 0]);
        foreach (ExampleResult e in result.Examples)
        {
            Assert.Equal((ExampleStatus.InitFailed, false, true, 0, 7), (e.Status, e.Success, e.Counts, e.Iterations, e.Forwards));
            Assert.Equal("none of 7 images of noise is of another class", e.Note);
        }
        Numbers.SameBits(images, result.Output, "no walk");
    }

    [Fact]
    public void PacesFollowTheShares()
    {
        WalkPace pace = new(0.01, 0.01);
        WalkPace After(bool isWrong, bool isMade, int times)
        {
            WalkPace now = pace;
            for (int i = 0; i < times; i++) now = now.After(isWrong, isMade, 1.5);
            return now;
        }
        void AssertPace(double spherical, double source, WalkPace found)
        {
            Assert.Equal(spherical, found.Spherical, 1e-15);
            Assert.Equal(source, found.Source, 1e-15);
        }
        AssertPace(0.01, 0.01, After(false, false, 19));
        AssertPace(0.01 / 1.5, 0.01 / 1.5, After(false, false, 20));
        AssertPace(0.01, 0.015, After(true, true, 10));
        AssertPace(0.015, 0.01 * 1.5 * 1.5 * 1.5, After(true, true, 20));
        AssertPace(0.015, 0.01 / 1.5, After(true, false, 20));
        Assert.Equal(0.5, After(true, true, 1000).Spherical);
    }
}
