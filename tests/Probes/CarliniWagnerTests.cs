using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using Xunit;
using Xunit.Abstractions;

namespace MiniGrad.Tests.Probes;

/// <summary>Carlini and Wagner where the distance to the boundary is known.</summary>
public sealed class CarliniWagnerTests(ITestOutputHelper output)
{
    private const int Count = 8;
    private static readonly Shape Shape = [1, 4, 4];
    private static readonly Tensor Images = ClosedForm.Images(Count, Shape, 4, DType.F64);

    [Theory]
    [InlineData(0)]
    [InlineData(-500)]
    public void AnAffineBoundaryIsMetInL2(double below)
    {
        // With all logits far below 0 a mask of zeros in place of the class's own logit would win.
        (double[] w, double b) = (new Rng(21).Normal(16), 2.5);
        Classifier classifier = ClosedForm.Linear([w, new double[16]], [b - 0.5 * w.Sum() + below, below], Shape, low: -1, high: 2);
        AttackResult result = new CarliniWagnerL2().Run(classifier, Images, new int[Count]);
        for (int i = 0; i < Count; i++)
        {
            double exact = Math.Abs(ClosedForm.Dot(w, ClosedForm.Row(Images, i)) + b - 0.5 * w.Sum()) / ClosedForm.Norm(w);
            ExampleResult e = result.Examples[i];
            output.WriteLine($"{exact} {e.DistanceL2} {e.Iterations}");
            Assert.Equal((ExampleStatus.Reached, true), (e.Status, e.Success));
            Assert.InRange(e.DistanceL2, exact * (1 - 1e-9), exact * 1.02);
            Assert.Equal(exact, e.Boundary!.FirstOrderDistance, 1e-4);
            Assert.InRange(e.Boundary.NormalCosine, 0.99, 1 + 1e-9);
        }
    }

    [Fact]
    public void AnAffineBoundaryIsMetInLinf()
    {
        (double[] w, double b) = (new Rng(22).Normal(16), 2.5);
        Classifier classifier = ClosedForm.Linear([w, new double[16]], [b - 0.5 * w.Sum(), 0], Shape, low: -1, high: 2);
        AttackResult coarse = new CarliniWagnerLinf().Run(classifier, Images, new int[Count]);
        AttackResult fine = new CarliniWagnerLinf(BoundFactor: 0.98).Run(classifier, Images, new int[Count]);
        for (int i = 0; i < Count; i++)
        {
            double exact = Math.Abs(ClosedForm.Dot(w, ClosedForm.Row(Images, i)) + b - 0.5 * w.Sum()) / w.Sum(Math.Abs);
            output.WriteLine($"{exact} {coarse.Examples[i].DistanceLinf} {fine.Examples[i].DistanceLinf} {fine.Examples[i].Iterations}");
            Assert.Equal((ExampleStatus.Reached, true), (coarse.Examples[i].Status, coarse.Examples[i].Success));
            // Bounds below a 256th of the box are not tried.
            double least = 3.0 / 256;
            Assert.InRange(coarse.Examples[i].DistanceLinf, exact * (1 - 1e-9), Math.Max(exact, least) / 0.9);
            Assert.InRange(fine.Examples[i].DistanceLinf, exact * (1 - 1e-9), Math.Max(exact, least) / 0.98 * 1.01);
        }
    }

    [Fact]
    public void ASphereIsMetAtItsRadius()
    {
        double[] centre = [.. Enumerable.Repeat(0.5, 16)];
        Classifier classifier = ClosedForm.Sphere(centre, 1.5, Shape, low: -2, high: 3);
        AttackResult result = new CarliniWagnerL2().Run(classifier, Images, [.. Enumerable.Repeat(1, Count)]);
        for (int i = 0; i < Count; i++)
        {
            double exact = 1.5 - ClosedForm.Norm(ClosedForm.Minus(ClosedForm.Row(Images, i), centre));
            Assert.InRange(result.Examples[i].DistanceL2, exact * (1 - 1e-9), exact * 1.02);
        }
    }

    /// <summary>Of many classes it takes the likeliest, which need not be the nearest; it is never nearer than that.</summary>
    [Fact]
    public void OfManyClassesNoneIsNearerThanTheNearest()
    {
        double[][] w = [.. Enumerable.Range(0, 10).Select(k => new Rng(21).At(k).Normal(16))];
        double[] b = [.. w.Select(row => -0.5 * row.Sum())];
        AttackResult result = new CarliniWagnerL2(StepSize: 2e-3).Run(ClosedForm.Linear(w, b, Shape, -1, 2), Images, new int[Count]);
        int near = 0;
        for (int i = 0; i < Count; i++)
        {
            double[] x = ClosedForm.Row(Images, i);
            double[] z = [.. w.Select((row, k) => ClosedForm.Dot(row, x) + b[k])];
            int start = Array.IndexOf(z, z.Max());
            double exact = Enumerable.Range(0, 10).Where(j => j != start)
                .Min(j => (z[start] - z[j]) / ClosedForm.Norm(ClosedForm.Minus(w[j], w[start])));
            Assert.InRange(result.Examples[i].DistanceL2, exact * (1 - 1e-9), exact * 2);
            near += result.Examples[i].DistanceL2 < exact * 1.02 ? 1 : 0;
        }
        Assert.InRange(near, Count / 2, Count);
    }

    [Fact]
    public void ATargetIsReachedWithTheConfidenceAskedFor()
    {
        AttackProblem problem = AttackProblem.Random;
        int[] targets = new int[problem.Count];
        foreach (MinimalAttack attack in (MinimalAttack[])[
            new CarliniWagnerL2(Iterations: 200, FirstWeight: 0.1, Confidence: 0.5),
            new CarliniWagnerLinf(Iterations: 200, FirstWeight: 0.01, Confidence: 0.5)])
        {
            AttackResult result = attack.RunTowards(problem.Classifier, problem.Images, problem.Labels, targets);
            double[] logits = ClosedForm.Doubles(problem.Classifier.Logits(result.Output));
            Assert.Contains(result.Examples, e => e.Status == ExampleStatus.SameClass);
            foreach (ExampleResult e in result.Examples.Where(e => e.Status != ExampleStatus.SameClass))
            {
                double[] z = logits[(4 * e.Index)..(4 * e.Index + 4)];
                Assert.Equal((ExampleStatus.Reached, true, 0), (e.Status, e.Success, e.Prediction));
                Assert.InRange(z[0] - z[1..].Max(), 0.5 - 1e-5, 1.5);
            }
        }
    }

    /// <summary>The longest a search of L∞ can be is that of one whose goal cannot be met; it says so and stays where it was.</summary>
    [Fact]
    public void WhatCannotBeReachedIsAFailure()
    {
        Classifier classifier = ClosedForm.Linear([1, 1], 10, [2]);
        Tensor image = Tensor.From([0.5, 0.25], [1, 2]);
        foreach (MinimalAttack attack in (MinimalAttack[])[
            new CarliniWagnerL2(Iterations: 50, BinarySteps: 3), new CarliniWagnerLinf(Iterations: 50)])
        {
            AttackResult result = attack.Run(classifier, image, [0]);
            Assert.Equal((ExampleStatus.Completed, false), (result.Examples[0].Status, result.Examples[0].Success));
            Assert.Equal([0.5, 0.25], ClosedForm.Doubles(result.Output));
        }
    }
}
