using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>NSPGD from a start that the search in logit space found, and the certificates of its walks.</summary>
public class NspgdStartTests
{
    private static readonly LogitSpace FromTarget = new(Iterations: 60, StepSize: 0.01, From: LogitStart.Target);

    [Fact]
    public void WithoutAStartARunIsCalledAsEver()
    {
        Assert.Equal("Nspgd { SuccessRmse = 0.05, ConfidenceDrop = 0.05, Mode = Relative, StepSize = , Iterations = , "
            + "Projection = HalfSpace, ClampEachStep = True, CertifySpacing =  }", new Nspgd().Identity());
        Assert.EndsWith($", CertifySpacing = , StartAt = {FromTarget} }}", new Nspgd { StartAt = FromTarget }.Identity(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StepMode.Relative, 0.1, 30)]
    [InlineData(StepMode.Normalized, 0.02, 40)]
    public void TheWalkKeepsTheConfidenceOfTheSourceAndGoesOnFromTheStart(StepMode mode, double length, int iterations)
    {
        SphereWalk problem = new(5);
        AttackResult found = problem.Run(FromTarget);
        Nspgd attack = new(mode, length, iterations) { StartAt = FromTarget };
        AttackResult result = problem.Run(attack);
        for (int i = 0; i < 5; i++)
        {
            double[] start = ClosedForm.Row(found.Output, i);
            (double[] end, int accepted, ExampleStatus status) = problem.Plain(attack, i, iterations, length, start);
            ExampleResult e = result.Examples[i];
            Numbers.Close(end, ClosedForm.Row(result.Output, i), _ => 1e-9, $"{attack}, example {i}");
            Assert.Equal((status, 60 + Math.Min(iterations, accepted + 1)), (e.Status, e.Iterations));
            double hop = ClosedForm.Norm(ClosedForm.Minus(start, ClosedForm.Row(problem.Sources, i)));
            Assert.Equal(FormattableString.Invariant(
                $"started {hop:F3} from the source at a confidence of {found.Examples[i].Confidence:F4}"), e.Note);
            Assert.True(e.SourceConfidence - e.Confidence <= 0.05);
        }
    }

    // The target is the only image that is looked at, and it is of another class.
    [Theory]
    [InlineData(StepMode.Relative)]
    [InlineData(StepMode.Normalized)]
    public void AStartOfTooLittleConfidenceIsAFailure(StepMode mode)
    {
        SphereWalk problem = new(4);
        AttackResult result = problem.Run(
            new Nspgd(mode, CertifySpacing: 0.1) { StartAt = new(Iterations: 1, From: LogitStart.Target), SuccessRmse = 10 });
        Numbers.SameBits(problem.Targets, result.Output, "where the search ended");
        Assert.All(result.Examples, e =>
        {
            Assert.Equal((ExampleStatus.InitFailed, false, true, 1), (e.Status, e.Success, e.Counts, e.Iterations));
            Assert.StartsWith("started ", e.Note, StringComparison.Ordinal);
            Assert.DoesNotContain("certified", e.Note, StringComparison.Ordinal);
        });
        Assert.Equal((4, 0), (result.Counted, result.Successes));
    }

    [Fact]
    public void ACourseShowsTheSearchAndThenTheWalk()
    {
        SphereWalk problem = new(3);
        AttackResult found = problem.Run(FromTarget);
        Nspgd attack = new(Iterations: 10) { StartAt = FromTarget };
        AttackResult result = problem.Run(attack, new RunContext { KeepPaths = 3, PathEvery = 1 });
        for (int i = 0; i < 3; i++)
        {
            WalkPath path = result.Paths[i];
            Assert.Equal(result.Examples[i].Iterations + 1, path.Images.Length);
            Numbers.SameBits(Doubles(problem.Sources, i), Array.ConvertAll(path.Images[0], v => (double)v), "the source");
            Numbers.SameBits(Doubles(found.Output, i), Array.ConvertAll(path.Images[60], v => (double)v), "the start");
            Numbers.SameBits(Doubles(result.Output, i), Array.ConvertAll(path.Images[^1], v => (double)v), "the end");
        }
    }

    [Theory]
    [InlineData(StepMode.Relative, 0.2, false)]
    [InlineData(StepMode.Normalized, 0.1, false)]
    [InlineData(StepMode.Relative, 0.2, true)]
    [InlineData(StepMode.Normalized, 0.1, true)]
    public void BothModesHaveTheSameCertificate(StepMode mode, double length, bool isStarted)
    {
        SphereWalk problem = new(4);
        Nspgd attack = new(mode, length, 20, CertifySpacing: 0.01) { StartAt = isStarted ? FromTarget : null };
        AttackResult result = problem.Run(attack, new RunContext { KeepPaths = 4, PathEvery = 1 });
        foreach (WalkPath path in result.Paths)
        {
            ExampleResult e = result.Examples[path.Index];
            PathCertificate certificate = PathCertificate.Of(problem.Classifier, path, 1, e.SourceConfidence, 0.01,
                attack.ConfidenceDrop, isStarted ? FromTarget.Iterations : 0);
            Assert.True(certificate.Points > path.Images.Length - (isStarted ? FromTarget.Iterations : 0));
            Assert.Equal(certificate.MaxDrop <= 0.05, certificate.IsCertified);
            // The images of a course are single precision; the attack tells no drop below 0.
            string[] parts = e.Note!.Split("; ")[^1].Split(' ');
            Assert.Equal(Math.Max(0, certificate.MaxDrop), double.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture), 1e-4);
            Assert.EndsWith(certificate.IsCertified ? " at spacing 0.01: certified" : " at spacing 0.01: not certified", e.Note,
                StringComparison.Ordinal);
            Assert.Equal(isStarted, e.Note.StartsWith("started ", StringComparison.Ordinal));
        }
    }

    private static double[] Doubles(Tensor images, int row) => Array.ConvertAll(ClosedForm.Row(images, row), v => (double)(float)v);
}
