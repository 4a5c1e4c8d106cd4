using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Kernels;
using Xunit;
using Xunit.Abstractions;

namespace MiniGrad.Tests.Probes;

/// <summary>DeepFool where the distance to the boundary is known, and in each case that implementations are known to get wrong.</summary>
public class DeepFoolTests(ITestOutputHelper output)
{
    private static readonly Shape Shape = [1, 4, 4];
    private static readonly Tensor Images = ClosedForm.Images(40, Shape, 4, DType.F64);

    [Theory]
    [InlineData(2, PerturbationNorm.L2)]
    [InlineData(2, PerturbationNorm.Linf)]
    [InlineData(10, PerturbationNorm.L2)]
    [InlineData(10, PerturbationNorm.Linf)]
    public void AnAffineBoundaryIsMetInOneStep(int classes, PerturbationNorm norm)
    {
        (double[][] w, double[] b, Classifier classifier) = Affine(classes);
        AttackResult result = new DeepFool(norm).Run(classifier, Images, new int[40]);
        HashSet<int> starts = [];
        for (int n = 0; n < 40; n++)
        {
            double[] x = ClosedForm.Row(Images, n);
            double[] z = [.. w.Select((row, k) => ClosedForm.Dot(row, x) + b[k])];
            int start = Array.IndexOf(z, z.Max());
            (double distance, int nearest) = Enumerable.Range(0, classes).Where(j => j != start)
                .Select(j => ((z[start] - z[j]) / Dual(ClosedForm.Minus(w[j], w[start]), norm), j)).Min();
            ExampleResult e = result.Examples[n];
            Assert.Equal((ExampleStatus.Reached, true, start, nearest), (e.Status, e.Success, e.Boundary!.StartClass, e.Prediction));
            Assert.Equal(distance, norm == PerturbationNorm.L2 ? e.DistanceL2 : e.DistanceLinf, 1e-6);
            Assert.Equal(distance, e.Boundary.FirstOrderDistance, 1e-12);
            // One linearisation, a look beyond it, forty halvings.
            Assert.Equal((1, 1, 42, classes - 1), (e.Iterations, e.Boundary.Linearizations, e.Forwards, e.Gradients));
            double[] normal = ClosedForm.Minus(w[nearest], w[start]);
            Assert.Equal(norm == PerturbationNorm.L2 ? 1 : Dual(normal, norm) / ClosedForm.Norm(normal) / 4, e.Boundary.NormalCosine, 1e-6);
            Assert.Equal(e.DistanceL2 / ClosedForm.Norm(x), e.Boundary.RelativeL2, 1e-12);
            Assert.Equal(e.DistanceLinf / x.Max(), e.Boundary.RelativeLinf, 1e-12);
            starts.Add(start);
        }
        // The index of the last class is where code that writes "the others" by slicing goes wrong.
        Assert.Contains(classes - 1, starts);
    }

    [Theory]
    [InlineData(PerturbationNorm.L2)]
    [InlineData(PerturbationNorm.Linf)]
    public void WithoutTheBisectionTheOvershootStays(PerturbationNorm norm)
    {
        (double[][] w, double[] b, Classifier classifier) = Affine(2);
        AttackResult result = new DeepFool(norm, Overshoot: 0.05, Refine: false).Run(classifier, Images, new int[40]);
        double[] normal = ClosedForm.Minus(w[1], w[0]);
        for (int n = 0; n < 40; n++)
        {
            double gap = Math.Abs(ClosedForm.Dot(normal, ClosedForm.Row(Images, n)) + b[1] - b[0]);
            ExampleResult e = result.Examples[n];
            Assert.Equal(1.05 * gap / Dual(normal, norm), norm == PerturbationNorm.L2 ? e.DistanceL2 : e.DistanceLinf, 1e-12);
        }
    }

    [Fact]
    public void TheOvershootIsCountedOnceOverManySteps()
    {
        // Towards a sphere from outside a linearisation falls short: ρ becomes (ρ² + R²) / 2ρ, Heron's rule for R.
        const double overshoot = 0.02;
        (Classifier classifier, Tensor image, double from, double radius) = OutsideASphere();
        (double r, int steps) = (0, 0);
        while (from - (1 + overshoot) * r >= radius)
        {
            double rho = from - r;
            r += (rho * rho - radius * radius) / (2 * rho);
            steps++;
        }
        Assert.True(steps >= 3);
        ExampleResult e = new DeepFool(Overshoot: overshoot, Refine: false).Run(classifier, image, [0]).Examples[0];
        Assert.Equal(steps, e.Iterations);
        Assert.Equal((1 + overshoot) * r, e.DistanceL2, 1e-9);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    [InlineData(2)]
    [InlineData(7)]
    public void ASphereIsAsFarAsItIs(double rho)
    {
        const double radius = 1.2;
        Classifier classifier = ClosedForm.Sphere(new double[16], radius, Shape, low: -10, high: 10);
        double[] direction = new Rng(5).Normal(16);
        double length = ClosedForm.Norm(direction);
        Tensor image = ClosedForm.Constant(Array.ConvertAll(direction, d => d * rho / length), [1, 1, 4, 4], DType.F64);
        ExampleResult e = new DeepFool().Run(classifier, image, [1]).Examples[0];
        Assert.True(e.Success);
        Assert.Equal(Math.Abs(radius - rho), e.DistanceL2, 1e-4);
        Assert.Equal(1, e.Boundary!.NormalCosine, 1e-6);
    }

    [Fact]
    public void AFlatClassIsPassedOverAndAFlatPlaceIsNamed()
    {
        // Class 1 runs parallel to class 0 and is never reached; only class 2 is.
        double[] slope = [.. Enumerable.Repeat(0.5, 16)];
        Classifier one = ClosedForm.Linear([new double[16], new double[16], slope], [10, 9.999, 0], Shape);
        AttackResult result = new DeepFool().Run(one, Images, new int[40]);
        Assert.All(result.Examples, e => Assert.Equal((true, 2), (e.Success, e.Prediction)));
        AttackResult flat = new DeepFool().Run(ClosedForm.Constant([1, 3, 2], Shape), Images, new int[40]);
        Numbers.SameBits(Images, flat.Output, "a flat place");
        Assert.All(flat.Examples, e =>
        {
            Assert.Equal((ExampleStatus.Flat, false, true, 1, 0.0), (e.Status, e.Success, e.Counts, e.Boundary!.StartClass, e.DistanceL2));
            Assert.Equal((0, 1, 2), (e.Iterations, e.Boundary.Linearizations, e.Gradients));
            Assert.All((double[])[e.Boundary.FirstOrderDistance, e.Boundary.NormalCosine, e.Boundary.RelativeL2, e.Boundary.RelativeLinf],
                v => Assert.True(double.IsNaN(v)));
        });
    }

    [Fact]
    public void OutOfIterationsIsAFailureWithoutASize()
    {
        (Classifier classifier, Tensor image, _, _) = OutsideASphere();
        AttackResult result = new DeepFool(Iterations: 2).Run(classifier, image, [0]);
        ExampleResult e = result.Examples[0];
        Assert.Equal((ExampleStatus.Completed, false, true, 2), (e.Status, e.Success, e.Counts, e.Iterations));
        Assert.True(double.IsNaN(e.Boundary!.RelativeL2) && e.Boundary.FirstOrderDistance > 0);
        Numbers.SameBits(image, result.Output, "a failure");
        Assert.Equal(0, result.Successes);
    }

    [Fact]
    public void WhatIsNotANumberEndsTheSearch()
    {
        // The way to the boundary makes the image brighter, into where the network is undefined.
        Classifier inner = ClosedForm.Linear([.. Enumerable.Repeat(-1.0, 16)], 12, Shape);
        Classifier classifier = ClosedForm.NanBeyond(inner, 0.7);
        Tensor images = Ops.Full([2, 1, 4, 4], 0.5, DType.F64);
        AttackResult result = new DeepFool().Run(classifier, images, [0, 0]);
        Assert.All(result.Examples, e =>
        {
            Assert.Equal((ExampleStatus.NonFinite, false, false), (e.Status, e.Success, e.Counts));
            Assert.Contains("the logits after step 1", e.Note, StringComparison.Ordinal);
        });
        Numbers.SameBits(images, result.Output, "undefined");
        Assert.Contains(result.Warnings, w => w.StartsWith("non-finite: 2 of 2", StringComparison.Ordinal));
    }

    [Fact]
    public void ClippedPointsAreImagesAndTheirLabelsAreTestedAgain()
    {
        // s = Σx − 15: of sixteen pixels at 0.9 half a unit each is missing to fifteen once those at 1 cannot go further.
        Classifier classifier = ClosedForm.Linear([.. Enumerable.Repeat(-1.0, 16)], 15, Shape);
        double[] pixels = [.. Enumerable.Range(0, 16).Select(i => i < 8 ? 0.98 : 0.6)];
        Tensor image = ClosedForm.Constant(pixels, [1, 1, 4, 4], DType.F64);
        AttackResult free = new DeepFool().Run(classifier, image, [0]);
        AttackResult boxed = new DeepFool(Clip: true).Run(classifier, image, [0]);
        Assert.True(ClosedForm.Doubles(free.Output).Max() > 1);
        Assert.Equal(1, ClosedForm.Doubles(boxed.Output).Max());
        Assert.True(boxed.Examples[0].Success && boxed.Examples[0].Iterations > 1);
        // The eight bright pixels give 0.16, the others the rest of 2.36.
        Assert.Equal(Math.Sqrt(8 * 0.02 * 0.02 + 8 * (2.2 / 8) * (2.2 / 8)), boxed.Examples[0].DistanceL2, 1e-6);
        Assert.Equal(2.36 / 4, free.Examples[0].DistanceL2, 1e-6);
        // Where all pixels of the box are of one class, only R^d has another.
        Classifier one = ClosedForm.Linear([.. Enumerable.Repeat(-1.0, 16)], 17, Shape);
        Assert.True(new DeepFool().Run(one, image, [0]).Examples[0].Success);
        Assert.Equal(ExampleStatus.Completed, new DeepFool(Clip: true).Run(one, image, [0]).Examples[0].Status);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void ATieIsCrossed(DType type)
    {
        Tensor image = Ops.Full([1, 1, 4, 4], 0.5, type);
        double[] up = [.. Enumerable.Range(0, 16).Select(i => i % 2 == 0 ? 1.0 : -1.0)];
        Classifier tie = ClosedForm.Linear([new double[16], up, [.. up.Select(v => -v)]], [0, 0, 0], Shape);
        ExampleResult e = new DeepFool().Run(tie, image, [0]).Examples[0];
        // Classes 1 and 2 are as near as each other: the first of equals is taken.
        Assert.Equal((0, 1, true, 1), (e.Boundary!.StartClass, e.Prediction, e.Success, e.Iterations));
        Assert.InRange(e.DistanceL2, 0, 1e-6);
        Assert.Equal(0, e.Boundary.FirstOrderDistance);
    }

    [Fact]
    public void OnlyTheBestCandidatesAreConsidered()
    {
        // Class 1 has the higher logit, class 2 the nearer boundary.
        double[] gentle = [.. Enumerable.Repeat(0.01, 16)];
        double[] steep = [.. Enumerable.Repeat(5.0, 16)];
        Classifier classifier = ClosedForm.Linear([new double[16], gentle, steep], [1, 0.5, -45], Shape);
        Tensor image = Ops.Full([1, 1, 4, 4], 0.5, DType.F64);
        ExampleResult all = new DeepFool().Run(classifier, image, [0]).Examples[0];
        ExampleResult two = new DeepFool(Candidates: 2).Run(classifier, image, [0]).Examples[0];
        Assert.Equal((2, 2), (all.Prediction, all.Gradients));
        Assert.Equal(6 / (5.0 * 4), all.DistanceL2, 1e-6);
        Assert.Equal(0.42 / (0.01 * 4), two.Boundary!.FirstOrderDistance, 1e-9);
        Assert.Equal(1, two.Gradients);
    }

    [Fact]
    public void ATargetIsReachedAndNothingElseWillDo()
    {
        (_, _, Classifier classifier) = Affine(10);
        int[] start = Logits.Prediction(classifier.Logits(Images));
        int[] targets = [.. start.Select((k, n) => n == 7 ? k : (k + 1 + n % 9) % 10)];
        AttackResult result = new DeepFool().RunTowards(classifier, Images, start, targets);
        AttackResult free = new DeepFool().Run(classifier, Images, start);
        for (int n = 0; n < 40; n++)
        {
            ExampleResult e = result.Examples[n];
            if (n == 7)
            {
                Assert.Equal((ExampleStatus.SameClass, false, false), (e.Status, e.Success, e.Counts));
                continue;
            }
            Assert.Equal((true, targets[n]), (e.Success, e.Prediction));
            Assert.True(e.DistanceL2 >= free.Examples[n].DistanceL2 - 1e-9);
            // The end lies on the border of the target's region: a little less does not suffice.
            Tensor before = Images.TakeIndices(0, [n]) + (result.Output - Images).TakeIndices(0, [n]) * (1 - 1e-6);
            Assert.NotEqual(targets[n], Logits.Prediction(classifier.Logits(before))[0]);
        }
        Assert.Contains("class 10 of image 0",
            Assert.ThrowsAny<ArgumentException>(() => new DeepFool().RunTowards(classifier, Images, start, [10, .. targets[1..]])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ALargeBatchOfDifferentImagesIsItsImages()
    {
        Classifier classifier = new(ModelCatalog.Create("lenet5", seed: 3));
        Tensor images = ClosedForm.Images(9, [1, 28, 28], 8);
        DeepFool attack = new(Candidates: 4, Iterations: 6);
        AttackResult batch = attack.Run(classifier, images, new int[9]);
        Assert.True(batch.Examples.Select(e => e.Iterations).Distinct().Count() > 1);
        for (int n = 0; n < 9; n++)
        {
            AttackResult one = attack.Run(classifier, images.TakeIndices(0, [n]), [0]);
            Numbers.SameBits(one.Output, batch.Output.TakeIndices(0, [n]), $"image {n}");
            Assert.Equal(one.Examples[0] with { Index = n }, batch.Examples[n]);
        }
    }

    [DataFact("mnist")]
    public void LeNetIsAsNearAsPublished()
    {
        ImageDataSet mnist = DataSets.Open("mnist", Split.Test);
        Classifier classifier = new(
            ModelCatalog.Load("lenet5", Path.Combine(MiniGrad.Nn.Weights.ShippedWeights.Folder()!, "lenet5-mnist.safetensors")));
        AttackResult result = new DeepFool().Run(classifier, mnist.Images(0, 100), mnist.Labels[..100]);
        Assert.Equal(100, result.Successes);
        double rho = result.Examples.Average(e => e.Boundary!.RelativeL2);
        output.WriteLine($"rho_adv {rho:F4}, iterations {result.Examples.Average(e => e.Iterations):F2}");
        // arXiv:1511.04599, Table 1: 0.20 for a LeNet of the same accuracy.
        Assert.InRange(rho, 0.12, 0.28);
        // "Fewer than 3 iterations" there.
        Assert.InRange(result.Examples.Average(e => e.Iterations), 1, 3);
    }

    private static double Dual(double[] w, PerturbationNorm norm) => norm == PerturbationNorm.L2 ? ClosedForm.Norm(w) : w.Sum(Math.Abs);

    private static (double[][] Weight, double[] Bias, Classifier Classifier) Affine(int classes)
    {
        double[][] weight = [.. Enumerable.Range(0, classes).Select(k => new Rng(21).At(k).Normal(16))];
        // Balanced about the middle of the box, so that every class has its images.
        double[] bias = [.. weight.Select(row => -0.5 * row.Sum())];
        return (weight, bias, ClosedForm.Linear(weight, bias, Shape));
    }

    private static (Classifier Classifier, Tensor Image, double From, double Radius) OutsideASphere()
    {
        const double radius = 0.5;
        Classifier classifier = ClosedForm.Sphere(new double[16], radius, Shape, low: -10, high: 10);
        return (classifier, Ops.Full([1, 1, 4, 4], 0.5, DType.F64), 2, radius);
    }
}
