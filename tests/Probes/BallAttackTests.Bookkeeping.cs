using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

// What the base class promises of every attack: restarts, counts, the best point, projections, refusals.
public partial class BallAttackTests
{
    [Fact]
    public void ARestartOnlyAdds()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        int[] labels = Logits.Prediction(classifier.Logits(Images));
        Pgd attack = new(Threat.Linf(0.06), Steps: 1, StepSize: 0.02);
        AttackResult once = attack.Run(classifier, Images, Goal.Untargeted(labels), labels);
        AttackResult often = (attack with { Restarts = 20 }).Run(classifier, Images, Goal.Untargeted(labels), labels);
        Assert.InRange(once.Successes, 1, Count - 1);
        Assert.True(often.Successes > once.Successes);
        for (int i = 0; i < Count; i++)
        {
            if (!once.Examples[i].Success)
            {
                if (!often.Examples[i].Success) Assert.Equal(20, often.Examples[i].Gradients);
                continue;
            }
            Assert.Equal(once.Examples[i], often.Examples[i]);
            Numbers.SameBits(once.Output.TakeIndices(0, [i]), often.Output.TakeIndices(0, [i]), $"example {i} is not started again");
        }
    }

    [Fact]
    public void OneStartOfSeveral_CanBeRunAlone()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        int[] labels = Logits.Prediction(classifier.Logits(Images));
        Pgd attack = new(Threat.Linf(1e-5), Steps: 1, StepSize: 1e-6);
        AttackResult last = (attack with { Restarts = 3 }).Run(classifier, Images, Goal.Untargeted(labels), labels);
        AttackResult alone = attack.Run(classifier, Images, Goal.Untargeted(labels), labels, new RunContext { FirstStart = 2 });
        AttackResult first = attack.Run(classifier, Images, Goal.Untargeted(labels), labels);
        // Nothing is broken, so the output is the point of the last start.
        Assert.Equal(0, last.Successes);
        Numbers.SameBits(last.Output, alone.Output, "start 2");
        Assert.NotEqual(first.Output.Cast(DType.F64).ToArray<double>(), alone.Output.Cast(DType.F64).ToArray<double>());
        Assert.Throws<ArgumentOutOfRangeException>(
            () => attack.Run(classifier, Images, Goal.Untargeted(labels), labels, new RunContext { FirstStart = -1 }));
    }

    [Fact]
    public void WhatMeetsTheGoal_IsAttackedIfThatIsAskedFor()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        int[] wrong = [.. Logits.Prediction(classifier.Logits(Images)).Select(k => (k + 1) % 3)];
        Pgd attack = new(Threat.Linf(0.05), Steps: 10) { Loss = Loss.Confidence };
        AttackResult usual = attack.Run(classifier, Images, Goal.Untargeted(wrong), wrong);
        AttackResult asked = attack.Run(classifier, Images, Goal.Untargeted(wrong), wrong, new RunContext { AttacksMet = true });
        Assert.All(usual.Examples, e => Assert.Equal(ExampleStatus.AlreadyMet, e.Status));
        Numbers.SameBits(Images, usual.Output, "an image that meets the goal");
        Assert.All(asked.Examples, e => Assert.Equal((ExampleStatus.Completed, true), (e.Status, e.Success)));
        double[] before = Loss.Confidence.OfClasses(classifier.Logits(Images), wrong).Cast(DType.F64).ToArray<double>();
        double[] after = Loss.Confidence.OfClasses(classifier.Logits(asked.Output), wrong).Cast(DType.F64).ToArray<double>();
        Assert.All(before.Zip(after), pair => Assert.True(pair.Second > pair.First, $"{pair}"));
    }

    [Fact]
    public void QueriesAreCounted()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 3);
        int[] labels = Logits.Prediction(classifier.Logits(Images));
        AttackResult fgsm = new Fgsm(Threat.Linf(1e-4)).Run(classifier, Images, Goal.Untargeted(labels), labels);
        Assert.All(fgsm.Examples, e => Assert.Equal((1, 2, 1), (e.Iterations, e.Forwards, e.Gradients)));
        AttackResult pgd = new Pgd(Threat.Linf(1e-4), Steps: 5) { Restarts = 3 }.Run(classifier, Images, Goal.Untargeted(labels), labels);
        Assert.All(pgd.Examples, e => Assert.Equal((15, 18, 15), (e.Iterations, e.Forwards, e.Gradients)));
    }

    [Fact]
    public void TheLossAtTheOutputIsNoLowerThanAtTheStart()
    {
        Classifier[] classifiers =
            [ClosedForm.TwoLayer(Shape, 2), ClosedForm.TwoLayer(Shape, 2, seed: 2), ClosedForm.Linear(new Rng(3).Normal(16), 0, Shape)];
        foreach (Classifier classifier in classifiers)
        {
            int[] labels = Logits.Prediction(classifier.Logits(Images));
            foreach (Threat ball in (Threat[])[Threat.Linf(0.02), Threat.L2(0.1)])
            {
                AttackResult result = new Pgd(ball, RandomStart: false).Run(classifier, Images, Goal.Untargeted(labels), labels);
                Assert.All(result.Examples, e => Assert.True(e.Confidence <= e.SourceConfidence, $"{ball}: {e}"));
            }
        }
    }

    [Fact]
    public void TheKeptSuccessIsTheOneOfHighestLoss()
    {
        Classifier classifier = ClosedForm.TwoLayer(Shape, 2);
        int[] labels = Logits.Prediction(classifier.Logits(Images));
        Pgd attack = new(Threat.Linf(0.1), Steps: 10, RandomStart: false);
        AttackResult best = attack.Run(classifier, Images, Goal.Untargeted(labels), labels);
        AttackResult first = (attack with { StopAtSuccess = true }).Run(classifier, Images, Goal.Untargeted(labels), labels);
        Assert.True(best.Successes > 0);
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(best.Examples[i].Success, first.Examples[i].Success);
            Assert.True(best.Examples[i].Confidence <= first.Examples[i].Confidence);
            Assert.True(first.Examples[i].Gradients <= best.Examples[i].Gradients);
        }
        Assert.Contains(best.Examples, e => e.Success && e.Confidence < 0.9 * first.Examples[e.Index].Confidence);
    }

    [Fact]
    public void ABallOfRadiusZeroHoldsTheImageOnly()
    {
        AttackProblem problem = AttackProblem.Random;
        foreach (Threat ball in (Threat[])[Threat.Linf(0), Threat.L2(0)])
        {
            foreach (Attack attack in (Attack[])[new Fgsm(ball), new Pgd(ball, Steps: 3) { Restarts = 2 }])
            {
                AttackResult result = problem.Run(attack);
                Numbers.SameBits(problem.Images, result.Output, $"{attack}");
                Assert.Equal(1, result.Successes);
            }
        }
    }

    [Fact]
    public void RandomStartsFillTheBall()
    {
        Rng[] rngs = [.. Enumerable.Range(0, 400).Select(i => new Rng(1).At(i))];
        Tensor centre = Ops.Zeros([400, 1, 2, 2], DType.F64);
        double[] linf = ClosedForm.Doubles(Threat.Linf(0.5).RandomStart(centre, rngs));
        Assert.InRange(linf.Max(Math.Abs), 0.49, 0.5);
        Assert.Equal(0, linf.Average(), 0.03);
        double[] radii =
            [.. Enumerable.Range(0, 400).Select(i => ClosedForm.Norm(ClosedForm.Row(Threat.L2(0.5).RandomStart(centre, rngs), i)))];
        Assert.InRange(radii.Max(), 0.49, 0.5 + 1e-12);
        // Uniform in a ball of dimension 4: (r/R)⁴ is uniform.
        Assert.Equal(0.5, radii.Average(r => Math.Pow(r / 0.5, 4)), 0.05);
    }

    [Fact]
    public void ProjectionsAreIdempotentAndNearest()
    {
        Rng rng = new(12);
        Tensor centre = ClosedForm.Images(50, Shape, 1, DType.F64);
        Tensor x = ClosedForm.Images(50, Shape, 2, DType.F64, -1, 2);
        foreach (Threat ball in (Threat[])[Threat.Linf(0.4), Threat.L2(1.2)])
        {
            Tensor projected = ball.Project(centre, x);
            Numbers.Close(projected, ball.Project(centre, projected), _ => 1e-15, $"{ball}");
            double[] distance = ball.Distance(centre, projected);
            for (int i = 0; i < 50; i++)
            {
                Assert.True(distance[i] <= ball.Radius * (1 + 1e-12));
                (double[] p, double[] from, double[] c) = (ClosedForm.Row(projected, i), ClosedForm.Row(x, i), ClosedForm.Row(centre, i));
                double nearest = ClosedForm.Norm(ClosedForm.Minus(p, from));
                for (int k = 0; k < 20; k++)
                {
                    double[] d = rng.At(i).At(k).Normal(16);
                    double size = ball is Linf ? d.Max(Math.Abs) : ClosedForm.Norm(d);
                    double[] other = [.. c.Zip(d, (a, b) => a + b * ball.Radius / size)];
                    Assert.True(ClosedForm.Norm(ClosedForm.Minus(other, from)) >= nearest - 1e-12);
                }
            }
        }
    }

    [Fact]
    public void TinyGradientsKeepTheirDirection()
    {
        Tensor gradient = ClosedForm.Constant([3e-30, -4e-30, 0, 0], [1, 1, 2, 2], DType.F32);
        Assert.Equal([0.6, -0.8, 0, 0], ClosedForm.Doubles(Threat.L2(1).Steepest(gradient)), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([1, -1, 0, 0], ClosedForm.Doubles(Threat.Linf(1).Steepest(gradient)));
        Assert.Equal([0, 0, 0, 0], ClosedForm.Doubles(Threat.L2(1).Steepest(gradient * 0)));
    }

    [Fact]
    public void WrongInputsAreNamed()
    {
        AttackProblem problem = AttackProblem.Random;
        Fgsm attack = new(Threat.Linf(0.1));
        void Refused(string value, Action run) =>
            Assert.Contains(value, Assert.ThrowsAny<ArgumentException>(run).Message, StringComparison.Ordinal);
        Refused("image 0 is outside the box", () => (problem with { Images = problem.Images + 1 }).Run(attack));
        Refused("NaN", () => (problem with { Images = problem.Images * double.NaN }).Run(attack));
        Refused("[7, 36]", () => (problem with { Images = problem.Images.Flatten() }).Run(attack));
        Refused("6 classes for 7", () => (problem with { Labels = new int[6] }).Run(attack));
        Refused("class 4 of image 2", () => (problem with { Labels = [0, 0, 4, 0, 0, 0, 0] }).Run(attack));
        Refused("empty", () => (problem with { Images = Ops.Zeros([0, 1, 6, 6]), Labels = [] }).Run(attack));
        Refused("expected [7, 3]",
            () => (problem with { Classifier = new(problem.Classifier.Logits, AttackProblem.Shape, 3), Labels = new int[7] }).Run(attack));
        Refused("1 classes", () => ClosedForm.Linear([new double[36]], [0], AttackProblem.Shape));
        Refused("the box [1, 1]", () => ClosedForm.Linear(new double[36], 0, AttackProblem.Shape, 1, 1));
    }
}
