using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>What must hold for every attack, whoever wrote it.</summary>
internal static class AttackInvariants
{
    public static void StaysInBallAndBox(Attack attack)
    {
        foreach (AttackProblem problem in (AttackProblem[])[AttackProblem.Random, Corners()])
        {
            AttackResult result = problem.Run(attack);
            Assert.Equal(problem.Images.Shape, result.Output.Shape);
            Assert.Equal(problem.Images.Type, result.Output.Type);
            for (int i = 0; i < problem.Count; i++)
            {
                double[] pixels = ClosedForm.Row(result.Output, i);
                if (!MayLeaveTheBox(attack)) Assert.All(pixels, pixel => Assert.InRange(pixel, 0, 1));
                if (attack is not BallAttack { Within: Threat ball }) continue;
                double[] step = ClosedForm.Minus(pixels, ClosedForm.Row(problem.Images, i));
                double share = ball is PerceptualBall
                    ? ball.Distance(problem.Images.TakeIndices(0, [i]), result.Output.TakeIndices(0, [i]))[0] / ball.Radius
                    : Share(ball, step);
                Assert.True(share <= 1 + 1e-6 / ball.Radius, $"{attack}: example {i} is {share} radii from its image");
            }
        }
    }

    public static void SuccessIsAFreshEvaluation(Attack attack)
    {
        AttackProblem problem = AttackProblem.Random;
        AttackResult result = problem.Run(attack);
        Tensor logits = problem.Classifier.Logits(result.Output);
        int[] predicted = Logits.Prediction(logits);
        Tensor clean = problem.Classifier.Logits(problem.Images);
        double[] before = Logits.Confidence(clean, problem.Labels);
        int[] start = attack is MinimalAttack ? Logits.Prediction(clean) : problem.Labels;
        double[] after = Logits.Confidence(logits, problem.Labels);
        Tensor reference = attack is Traversal ? problem.Targets : problem.Images;
        for (int i = 0; i < problem.Count; i++)
        {
            ExampleResult example = result.Examples[i];
            double[] difference = ClosedForm.Minus(ClosedForm.Row(result.Output, i), ClosedForm.Row(reference, i));
            double rmse = ClosedForm.Norm(difference) / Math.Sqrt(difference.Length);
            bool success = attack is Traversal walk
                ? example.Status != ExampleStatus.SourceMisclassified && predicted[i] == problem.Labels[i]
                    && before[i] - after[i] <= walk.ConfidenceDrop + 1e-6 && rmse <= walk.SuccessRmse
                : predicted[i] != start[i];
            Assert.Equal((i, success, predicted[i], problem.Labels[i]),
                (example.Index, example.Success, example.Prediction, example.SourceClass));
            Assert.Equal((before[i], after[i]), (example.SourceConfidence, example.Confidence));
            Assert.Equal(rmse, example.Rmse, 1e-6);
            Assert.Equal(ClosedForm.Norm(difference), example.DistanceL2, 1e-5);
            Assert.Equal(difference.Max(Math.Abs), example.DistanceLinf, 1e-6);
        }
        Assert.Equal(result.Examples.Count(e => e.Success && e.Counts), result.Successes);
    }

    public static void TheSeedDecides(AttackCase row)
    {
        AttackProblem problem = AttackProblem.Random;
        AttackResult first = problem.Run(row.Attack, new RunContext { Seed = 9 });
        Same(first, problem.Run(row.Attack, new RunContext { Seed = 9 }), "the same seed");
        AttackResult other = problem.Run(row.Attack, new RunContext { Seed = 10 });
        Assert.Equal(!row.IsRandom, ClosedForm.Doubles(first.Output).SequenceEqual(ClosedForm.Doubles(other.Output)));
    }

    public static void ABatchIsItsExamples(Attack attack)
    {
        AttackProblem problem = AttackProblem.Random;
        AttackResult batch = problem.Run(attack);
        for (int i = 0; i < problem.Count; i++)
        {
            AttackResult one = problem.Take(i).Run(attack, new RunContext { FirstIndex = i });
            Numbers.SameBits(batch.Output.TakeIndices(0, [i]), one.Output, $"{attack}: example {i} alone");
            Assert.Equal(batch.Examples[i] with { Index = 0 }, one.Examples[0]);
        }
    }

    public static void ChunksDoNotMatter(Attack attack)
    {
        AttackResult whole = AttackProblem.Random.Run(attack);
        foreach (int size in (int[])[1, 3, 7])
        {
            Same(whole, AttackProblem.Random.Run(attack, new RunContext { ChunkSize = size }), $"chunks of {size}");
        }
    }

    public static void APermutationPermutes(Attack attack)
    {
        AttackProblem problem = AttackProblem.Random;
        int[] order = [4, 0, 6, 3, 5, 1, 2];
        AttackResult straight = problem.Run(attack);
        AttackResult permuted = problem.Take(order).Run(attack);
        Numbers.SameBits(straight.Output.TakeIndices(0, order), permuted.Output, $"{attack}: permuted");
        for (int i = 0; i < order.Length; i++) Assert.Equal(straight.Examples[order[i]] with { Index = i }, permuted.Examples[i]);
    }

    public static void AMisclassifiedInputIsNamedAndReturned(Attack attack)
    {
        AttackProblem problem = AttackProblem.Random;
        AttackResult result = problem.Run(attack);
        ExampleResult wrong = result.Examples[AttackProblem.Wrong];
        if (attack is MinimalAttack)
        {
            AssertLabelsDoNotMatter(problem, result);
            return;
        }
        Assert.Equal(attack is Traversal ? ExampleStatus.SourceMisclassified : ExampleStatus.AlreadyMet, wrong.Status);
        Numbers.SameBits(problem.Images.TakeIndices(0, [AttackProblem.Wrong]),
            result.Output.TakeIndices(0, [AttackProblem.Wrong]), $"{attack}: misclassified");
        Assert.Equal((0, 0, 0), (wrong.Iterations, wrong.Forwards, wrong.Gradients));
        Assert.Equal(attack is not Traversal, wrong.Counts);
        Assert.DoesNotContain(result.Examples, e => e.Index != AttackProblem.Wrong && e.Status == wrong.Status);
    }

    public static void AZeroGradientIsNamed(Attack attack)
    {
        AttackProblem problem = new(ClosedForm.Constant([1, 0, 0, 0], AttackProblem.Shape),
            AttackProblem.Random.Images, AttackProblem.Random.Targets, new int[7]);
        AttackResult result = problem.Run(attack, new RunContext { Force = true });
        Assert.All(ClosedForm.Doubles(result.Output), pixel => Assert.InRange(pixel, 0, 1));
        if (attack is Fade or Noise or UniversalPerturbation or CandidateSearch and not SpatialCombined) return;
        if (attack is SquareAttack or BoundaryWalk or SignNoise or GaussianNoise) return;
        string warning = Assert.Single(result.Warnings, text => text.Contains("zero gradients", StringComparison.Ordinal));
        Assert.Contains("7 of 7", warning, StringComparison.Ordinal);
    }

    public static void SuspectClassifiersAreWarnedOf(Attack attack)
    {
        AttackProblem problem = AttackProblem.Random;
        Assert.Empty(problem.Run(attack).Warnings);
        AttackResult probabilities = (problem with { Classifier = ClosedForm.Softmax(problem.Classifier) }).Run(attack);
        Assert.Contains(probabilities.Warnings, text => text.StartsWith("probabilities:", StringComparison.Ordinal));
        AttackResult noisy = (problem with { Classifier = ClosedForm.Noisy(problem.Classifier) }).Run(attack);
        Assert.Contains(noisy.Warnings, text => text.StartsWith("randomness:", StringComparison.Ordinal));
    }

    public static void NanLogitsAreNoSuccess(Attack attack)
    {
        AttackProblem problem = AttackProblem.Random;
        double[] means = [.. Enumerable.Range(0, problem.Count).Select(i => ClosedForm.Row(problem.Images, i).Average())];
        AttackProblem broken = problem with { Classifier = ClosedForm.NanBeyond(problem.Classifier, means.Max() - 1e-3) };
        AttackResult result = broken.Run(attack);
        Assert.Contains(result.Warnings, text => text.StartsWith("non-finite", StringComparison.Ordinal));
        Tensor logits = broken.Classifier.Logits(result.Output);
        for (int i = 0; i < problem.Count; i++)
        {
            ExampleResult example = result.Examples[i];
            if (!MayLeaveTheBox(attack)) Assert.All(ClosedForm.Row(result.Output, i), pixel => Assert.InRange(pixel, 0, 1));
            if (means[i] == means.Max() && example.Status != ExampleStatus.SourceMisclassified)
            {
                Assert.Equal(ExampleStatus.NonFinite, example.Status);
            }
            if (!double.IsFinite(ClosedForm.Row(logits, i)[0])) Assert.False(example.Success);
            Assert.Equal(double.IsFinite(ClosedForm.Row(logits, i)[0]), double.IsFinite(example.Confidence));
        }
    }

    public static void ACancelledRunKeepsWhatIsFinished(Attack attack)
    {
        AttackProblem problem = AttackProblem.Random;
        AttackResult whole = problem.Run(attack);
        using CancellationTokenSource source = new();
        Told progress = new(p =>
        {
            if (p.Finished >= 3) source.Cancel();
        });
        AttackResult cut = problem.Run(attack, new RunContext { ChunkSize = 3, Progress = progress, Cancellation = source.Token });
        for (int i = 0; i < problem.Count; i++)
        {
            // An input that needs no search is finished with the chunk before it; the search for the smallest step leaves none out.
            bool finished = attack is MinimalAttack ? i < AttackProblem.Wrong : i <= AttackProblem.Wrong;
            Assert.Equal(finished ? whole.Examples[i].Status : ExampleStatus.Interrupted, cut.Examples[i].Status);
            Numbers.SameBits((finished ? whole.Output : problem.Images).TakeIndices(0, [i]),
                cut.Output.TakeIndices(0, [i]), $"{attack}: example {i}");
            if (!finished) Assert.False(cut.Examples[i].Success || cut.Examples[i].Counts);
        }
    }

    public static void ItPrintsItsHyperParameters(Attack attack)
    {
        string text = attack.ToString();
        Assert.StartsWith(attack.GetType().Name + " {", text, StringComparison.Ordinal);
        foreach (var property in attack.GetType().GetProperties())
        {
            if (property.Name == "EqualityContract") continue;
            Assert.Contains(FormattableString.Invariant($" {property.Name} = {property.GetValue(attack)}"), text, StringComparison.Ordinal);
        }
        Assert.Equal(text, AttackProblem.Random.Run(attack).Attack);
    }

    /// <summary>Everything of two results is equal, the images bit for bit.</summary>
    public static void Same(AttackResult expected, AttackResult actual, string what)
    {
        Numbers.SameBits(expected.Output, actual.Output, $"{expected.Attack}: {what}");
        Assert.Equal(expected.Examples, actual.Examples);
        Assert.Equal(expected.Warnings, actual.Warnings);
    }

    /// <summary>
    /// The distance to the boundary is one of the network: a wrong label changes what is said of the label, nothing else.
    /// </summary>
    private static void AssertLabelsDoNotMatter(AttackProblem problem, AttackResult result)
    {
        int[] predicted = Logits.Prediction(problem.Classifier.Logits(problem.Images));
        AttackResult right = (problem with { Labels = predicted }).Run(AttackCases.Of(result.Attack).Attack);
        Numbers.SameBits(right.Output, result.Output, $"{result.Attack}: labels");
        for (int i = 0; i < problem.Count; i++)
        {
            (ExampleResult expected, ExampleResult actual) = (right.Examples[i], result.Examples[i]);
            Assert.Equal(predicted[i], actual.Boundary!.StartClass);
            Assert.Equal(expected with
            {
                SourceClass = actual.SourceClass,
                SourceConfidence = actual.SourceConfidence,
                Confidence = actual.Confidence,
            },
                actual);
            Assert.True(actual.Counts);
        }
    }

    /// <summary>The size of a change over the radius; a warp moves pixels as far as it likes.</summary>
    private static double Share(Threat threat, double[] step) => threat switch
    {
        Linf => step.Max(Math.Abs) / threat.Radius,
        L2 => ClosedForm.Norm(step) / threat.Radius,
        L1 => step.Sum(Math.Abs) / threat.Radius,
        UnionThreat union => union.Members.Min(member => Share(member, step)),
        _ => 0,
    };

    private static bool MayLeaveTheBox(Attack attack) => attack is MinimalAttack { Clip: false };

    /// <summary>Images whose pixels are 0 or 1, labelled as predicted.</summary>
    private static AttackProblem Corners()
    {
        AttackProblem problem = AttackProblem.Random;
        Tensor images = (problem.Images > 0.5).Cast(DType.F32);
        return problem with { Images = images, Labels = Logits.Prediction(problem.Classifier.Logits(images)) };
    }

    private sealed class Told(Action<RunProgress> tell) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => tell(value);
    }
}
