using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Distances;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>
/// LPA, Fast-LPA and PPGD where embedding and classifier are linear, so that each step and the best margin are known; and
/// where a network measures itself.
/// </summary>
public sealed class PerceptualAttackTests
{
    private const int Size = 16;
    private static readonly Shape Shape = [1, 4, 4];

    /// <summary>How much φ stretches each pixel: three values, so that conjugate gradients need three iterations.</summary>
    private static readonly double[] Stretch = [.. Enumerable.Range(0, Size).Select(i => new[] { 0.5, 1, 2 }[i % 3])];

    private static readonly double[] Weight = Array.ConvertAll(new Rng(3).Normal(Size), v => v);

    [Fact]
    public void LpaTakesTheStepsOfItsDefinition()
    {
        (Classifier classifier, Tensor images, int[] labels) = Problem();
        (double, double, double)[] settings = [(0.1, 0.3, 1), (1, 0.3, 1), (0.1, 0.05, 1), (0.1, 2, 0.4)];
        foreach ((double decay, double bound, double cap) in settings)
        {
            Lpa attack = new(Stretched(bound), Steps: 6, Rounds: 3, StepDecay: decay, MarginCap: cap, StartNoise: 0, Overshoot: 0);
            AttackResult result = attack.Run(classifier, new(images, labels));
            for (int i = 0; i < labels.Length; i++)
            {
                double[] clean = ClosedForm.Row(images, i);
                LagrangianReference reference = new(clean, Stretch, Weight, bound, cap);
                double Step(int t) => bound * (decay == 1 ? 2.0 / 6 : Math.Pow(decay, t / 6.0));
                for (int round = 0; round < 3; round++) reference.Round(6, _ => null, Step);
                double[] end = reference.End();
                AssertClose(end, ClosedForm.Row(result.Output, i), $"{attack}: image {i}");
                Assert.Equal(ClosedForm.Dot(Weight, end) + Bias < 0, result.Examples[i].Success);
            }
        }
    }

    [Fact]
    public void FastLpaTakesTheStepsOfItsDefinition()
    {
        (Classifier classifier, Tensor images, int[] labels) = Problem();
        foreach (double bound in (double[])[0.05, 0.3])
        {
            FastLpa attack = new(Stretched(bound), Steps: 8, StartNoise: 0, Projection: PerceptualProjection.Newton, Overshoot: 0)
            {
                StopAtSuccess = true,
            };
            AttackResult result = attack.Run(classifier, new(images, labels));
            for (int i = 0; i < labels.Length; i++)
            {
                LagrangianReference reference = new(ClosedForm.Row(images, i), Stretch, Weight, bound, double.PositiveInfinity);
                reference.Round(8, t => 10 * Math.Pow(0.1, 1 - t / 8.0), t => bound * Math.Pow(0.1, t / 8.0));
                AssertClose(reference.End(), ClosedForm.Row(result.Output, i), $"{attack}: image {i}");
            }
        }
    }

    [Fact]
    public void PpgdStepsWhereTheMarginGrowsMostForItsLength()
    {
        (Classifier classifier, Tensor images, int[] labels) = Problem();
        // One step of half the bound: d ∝ w/a², the solution of (AᵀA) d = w, with |A d| the step.
        Ppgd attack = new(Stretched(0.2), Steps: 1, StepSize: 0.1, CgTolerance: 0, StartNoise: 0);
        AttackResult result = attack.Run(classifier, new(images, labels));
        double[] direction = [.. Weight.Zip(Stretch, (w, a) => -w / (a * a))];
        double scale = 0.1 / ClosedForm.Norm([.. direction.Zip(Stretch, (d, a) => d * a)]);
        for (int i = 0; i < labels.Length; i++)
        {
            double[] expected = [.. ClosedForm.Row(images, i).Zip(direction, (x, d) => x + scale * d)];
            AssertClose(expected, ClosedForm.Row(result.Output, i), $"image {i}");
        }
    }

    [Fact]
    public void WherePixelsAreTheFeaturesTheyFindTheBestMarginOfTheBall()
    {
        (Classifier classifier, Tensor images, int[] labels) = Problem();
        FeatureBall ball = FeatureBall.Of("pixels", x => x.Flatten(), 0.25);
        Attack[] attacks =
            [new Lpa(ball, Steps: 40, Overshoot: 0), new Ppgd(ball, Steps: 20, Overshoot: 0), new FastLpa(ball, Steps: 40)];
        foreach (Attack attack in attacks)
        {
            AttackResult result = attack.Run(classifier, new(images, labels));
            for (int i = 0; i < labels.Length; i++)
            {
                double before = ClosedForm.Dot(Weight, ClosedForm.Row(images, i)) + Bias;
                double best = before - 0.25 * ClosedForm.Norm(Weight);
                double after = ClosedForm.Dot(Weight, ClosedForm.Row(result.Output, i)) + Bias;
                Assert.InRange(result.Examples[i].DistanceL2, 0, 0.25 + 1e-6);
                Assert.Equal(best < 0, result.Examples[i].Success);
                // A row that is broken leaves with its first success; the others go to the border, but for the last step's length.
                if (best > 0) Assert.InRange(after, best - 1e-6, best + 0.03 * ClosedForm.Norm(Weight));
            }
        }
        Assert.InRange(attacks[0].Run(classifier, new(images, labels)).Successes, 1, labels.Length - 1);
    }

    [Fact]
    public void NoStepsLeaveTheStartLedBack()
    {
        (Classifier classifier, Tensor images, int[] labels) = Problem();
        Tensor Start(double bound, PerceptualProjection way, double overshoot) =>
            new Lpa(FeatureBall.Of("pixels", x => x.Flatten(), bound), Steps: 0, StartNoise: 0.05, Projection: way, Overshoot: overshoot)
                .Run(classifier, new(images, labels)).Output;
        double[] Lengths(Tensor output) => Rows.L2(output - images).ToArray();
        double[] far = Lengths(Start(100, PerceptualProjection.Newton, 0));
        Assert.All(far, d => Assert.InRange(d, 0.1, 0.4));
        double[] newton = Lengths(Start(0.08, PerceptualProjection.Newton, 0));
        double[] beyond = Lengths(Start(0.08, PerceptualProjection.Newton, 0.02));
        double[] bisected = Lengths(Start(0.08, PerceptualProjection.Bisection, 0));
        for (int i = 0; i < far.Length; i++)
        {
            Assert.Equal(0.08, newton[i], 1e-9);
            Assert.Equal(Math.Abs(far[i] - 1.02 * (far[i] - 0.08 + 0.02)), beyond[i], 1e-9);
            // The largest share that ten halvings can find.
            Assert.Equal(Math.Floor(1024 * 0.08 / far[i]) / 1024 * far[i], bisected[i], 1e-9);
        }
    }

    [Theory, InlineData(PerceptualProjection.Newton), InlineData(PerceptualProjection.Bisection)]
    public void WhatIsLedBackLiesWithinTheBound(PerceptualProjection way)
    {
        // Waves: along a segment the distance rises and falls, so that the last point a bisection tries may be outside.
        FeatureBall ball = FeatureBall.Of("waves", x => (x.Flatten() * 40).Sin(), 0.9);
        (Classifier classifier, Tensor images, int[] labels) = Problem();
        AttackResult result = new Lpa(ball, Steps: 0, StartNoise: 0.2, Projection: way).Run(classifier, new(images, labels));
        Assert.All(ball.Distance(images, result.Output), d => Assert.InRange(d, 1e-3, 0.9 + 1e-9));
        Assert.All(ClosedForm.Doubles(result.Output), pixel => Assert.InRange(pixel, 0, 1));
    }

    [Fact]
    public void TheAttackedNetworkMayMeasureItself()
    {
        Network network = ModelCatalog.Create("lenet5", seed: 3);
        Classifier classifier = new(network);
        Tensor images = ClosedForm.Images(5, network.InputShape, 2);
        int[] labels = Logits.Prediction(classifier.Logits(images));
        FeatureDistance metric = new(network, [.. network.Taps]);
        foreach (double noise in (double[])[0, 0.01])
        {
            BallAttack[] attacks =
            [
                new Lpa(new FeatureBall(0.2), Steps: 4, StartNoise: noise), new FastLpa(new FeatureBall(0.2), Steps: 4, StartNoise: noise),
                new Ppgd(new FeatureBall(0.2), Steps: 3, StartNoise: noise),
            ];
            foreach (BallAttack attack in attacks)
            {
                AttackResult result = attack.Run(classifier, new(images, labels));
                Assert.Equal(attack.ToString(), result.Attack);
                Assert.All(ClosedForm.Doubles(metric.Distance(images, result.Output)), d => Assert.InRange(d, 1e-3, 0.2 + 1e-6));
                Assert.All(ClosedForm.Doubles(result.Output), pixel => Assert.InRange(pixel, 0, 1));
            }
        }
        // Logits and features of one pass or of two: the same attack.
        Tensor own = new FastLpa(new FeatureBall(0.2), Steps: 2).Run(classifier, new(images, labels)).Output;
        Tensor named = new FastLpa(new FeatureBall(network, 0.2), Steps: 2).Run(classifier, new(images, labels)).Output;
        Assert.InRange((own - named).Abs().Max().Item(), 0, 1e-4);
    }

    [Fact]
    public void OwnFeaturesMayBePartOfAUnion()
    {
        Network network = ModelCatalog.Create("lenet5", seed: 3);
        Classifier classifier = new(network);
        Tensor images = ClosedForm.Images(3, network.InputShape, 2);
        AttackResult result = new Pgd(new UnionThreat(new FeatureBall(0.2, "conv1"), Threat.L2(0.5)), Steps: 3)
            .Run(classifier, new(images, Logits.Prediction(classifier.Logits(images))));
        double[] own = ClosedForm.Doubles(new FeatureDistance(network, "conv1").Distance(images, result.Output));
        for (int i = 0; i < 3; i++) Assert.True(own[i] <= 0.2 + 1e-6 || result.Examples[i].DistanceL2 <= 0.5 + 1e-6);
    }

    [Fact]
    public void DefaultsAreThoseOfThePaper()
    {
        FeatureBall half = new(0.5);
        Dictionary<string, string> nothing = [];
        Assert.Equal(new Lpa(half, 20, 5, null, 0.1, 0.01, 1, 0.1, 0.01, PerceptualProjection.Newton, 0.1) { Loss = Loss.Margin },
            AttackBinder.Bind(AttackCatalog.Find("lpa"), nothing));
        Assert.Equal(new FastLpa(half, 20, null, 0.1, 10, double.PositiveInfinity, 0.1, 0.01, PerceptualProjection.Bisection, 0.1)
        {
            Loss = Loss.Margin,
        }, AttackBinder.Bind(AttackCatalog.Find("fast-lpa"), nothing));
        Assert.Equal(new Ppgd(half, 5, null, 5, 0.1, 1, 0.01, PerceptualProjection.Newton, 0.1) { Loss = Loss.Margin },
            AttackBinder.Bind(AttackCatalog.Find("ppgd"), nothing));
    }

    public static TheoryData<Func<Attack>, string> Wrong => new()
    {
        { () => new Lpa(Threat.L2(0.5)), "lpa: L2(0.5) is no perceptual distance. Use one such as --threat features:0.5" },
        { () => new FastLpa(Threat.Linf(0.5)), "fast-lpa: Linf(0.5) is no perceptual distance" },
        { () => new Ppgd(new UnionThreat(new FeatureBall(1))), "ppgd: Features(1, self) is no perceptual distance" },
        { () => new Lpa(Stretched(0)), "lpa: radius 0 allows nothing" },
        { () => new Lpa(Stretched(1), Steps: -1), "lpa: -1 steps" },
        { () => new Lpa(Stretched(1), Rounds: 0), "lpa: 0 rounds" },
        { () => new Lpa(Stretched(1), Steps: 1 << 20, Rounds: 1 << 20), "too many" },
        { () => new Lpa(Stretched(1), StepSize: 0), "lpa: step size 0" },
        { () => new Lpa(Stretched(1), StepDecay: 0), "lpa: step decay 0" },
        { () => new Lpa(Stretched(1), Price: -1), "lpa: price -1" },
        { () => new Lpa(Stretched(1), MarginCap: double.NaN), "lpa: margin cap NaN" },
        { () => new Lpa(Stretched(1), Difference: 0), "lpa: difference 0" },
        { () => new Lpa(Stretched(1), StartNoise: -0.1), "lpa: start noise -0.1" },
        { () => new Lpa(Stretched(1), Overshoot: -0.1), "lpa: overshoot -0.1" },
        { () => new FastLpa(Stretched(1), Price: 0), "fast-lpa: price 0" },
        { () => new FastLpa(Stretched(1), Steps: -1), "fast-lpa: -1 steps" },
        { () => new Ppgd(Stretched(1), CgIterations: 0), "ppgd: 0 iterations of conjugate gradients" },
        { () => new Ppgd(Stretched(1), CgTolerance: -1), "ppgd: tolerance of conjugate gradients -1" },
        { () => new Lpa(new FeatureBall(0.5)), "a classifier made of a function shows none" },
        { () => new Lpa(new LpipsBall(null, 0.5)), "was named without the weights of LPIPS" },
        { () => new Pgd(new FeatureBall(-1)), "ball: radius -1" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void WhatMakesNoSenseIsNamed(Func<Attack> make, string message)
    {
        (Classifier classifier, Tensor images, int[] labels) = Problem();
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => make().Run(classifier, new(images, labels)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABallOfOwnFeaturesIsNoDistanceByItself()
    {
        Tensor images = ClosedForm.Images(1, Shape);
        ArgumentException error = Assert.Throws<ArgumentException>(() => new FeatureBall(0.5).Distance(images, images));
        Assert.Contains("Features(0.5, self) compares the attacked network's own values", error.Message, StringComparison.Ordinal);
        Network network = ModelCatalog.Create("lenet5", seed: 3);
        error = Assert.Throws<ArgumentException>(() => new FeatureBall(network, 0.5, "conv9"));
        Assert.Contains("there is no tap \"conv9\"", error.Message, StringComparison.Ordinal);
    }

    private const double Bias = 0.12;

    private static FeatureBall Stretched(double radius) => FeatureBall.Of("stretched", Embed, radius);

    private static Tensor Embed(Tensor images) => images.Flatten() * ClosedForm.Constant(Stretch, [1, Size], images.Type);

    /// <summary>Nearly grey images in double precision of class 0, at distances of 0.02 to 0.6 from the boundary ⟨w, x⟩ + b = 0.</summary>
    private static (Classifier Classifier, Tensor Images, int[] Labels) Problem()
    {
        double square = ClosedForm.Dot(Weight, Weight);
        double[] grey = Array.ConvertAll(Weight, _ => 0.5);
        double[][] images = [.. Enumerable.Range(0, 6).Select(i =>
        {
            double[] noisy = [.. grey.Zip(new Rng(7).At(i).Normal(Size), (g, n) => g + 0.01 * n)];
            double wanted = (0.02 + 0.116 * i) * Math.Sqrt(square);
            double shift = (wanted - Bias - ClosedForm.Dot(Weight, noisy)) / square;
            return (double[])[.. noisy.Zip(Weight, (x, w) => x + shift * w)];
        })];
        Assert.All(images.SelectMany(image => image), pixel => Assert.InRange(pixel, 0, 1));
        return (ClosedForm.Linear(Weight, Bias, Shape), Tensor.From([.. images.SelectMany(image => image)], [6, 1, 4, 4]), new int[6]);
    }

    private static void AssertClose(double[] expected, double[] actual, string what)
    {
        double apart = ClosedForm.Minus(expected, actual).Max(Math.Abs);
        Assert.True(apart < 1e-9, $"{what}: {apart} apart");
    }
}

/// <summary>
/// The Lagrangian attacks of one image written out in numbers: class 0 where ⟨w, x⟩ + b is positive, so the margin grows along −w,
/// and φ(x) = a ∘ x.
/// </summary>
internal sealed class LagrangianReference(double[] clean, double[] stretch, double[] weight, double bound, double cap)
{
    private const double Bias = 0.12;
    private const double Difference = 0.1;
    private double[] point = [.. clean];
    private double[]? found;
    private double price = 0.01;

    /// <summary>One round of steps, at its own price or at one for each step; it ends with the first success.</summary>
    public void Round(int steps, Func<int, double?> priceOf, Func<int, double> lengthOf)
    {
        double distance = 0;
        for (int t = 0; t < steps && found is null; t++)
        {
            double[] change = ClosedForm.Minus(point, clean);
            distance = Length(change);
            double margin = -ClosedForm.Dot(weight, point) - Bias;
            if (margin > 0 && distance <= bound) found = [.. point];
            double[] slope = [.. weight.Select((w, i) =>
                (margin < cap ? w : 0) + (distance > bound ? (priceOf(t) ?? price) * stretch[i] * stretch[i] * change[i] / distance : 0))];
            double norm = ClosedForm.Norm(slope);
            if (norm == 0) continue;
            double[] unit = Array.ConvertAll(slope, s => s / norm);
            double step = lengthOf(t) / (Length(Array.ConvertAll(unit, u => u * Difference)) / Difference + 1e-8);
            point = [.. point.Zip(unit, (x, u) => Math.Clamp(x - u * step, 0, 1))];
        }
        if (distance >= bound) price *= 10;
    }

    /// <summary>The first success, else the last point after Newton steps without overshoot.</summary>
    public double[] End()
    {
        if (found is not null) return found;
        for (int step = 0; step < 10; step++)
        {
            double[] change = ClosedForm.Minus(point, clean);
            double distance = Length(change);
            if (distance <= bound * (1 + 1e-7)) return point;
            double[] slope = [.. change.Select((d, i) => stretch[i] * stretch[i] * d / distance)];
            double length = (distance - bound) / ClosedForm.Dot(slope, slope);
            point = [.. point.Zip(slope, (x, s) => Math.Clamp(x - length * s, 0, 1))];
        }
        // What is left of the way is of the size of rounding.
        return point;
    }

    private double Length(double[] change) => ClosedForm.Norm([.. change.Zip(stretch, (d, a) => d * a)]);
}
