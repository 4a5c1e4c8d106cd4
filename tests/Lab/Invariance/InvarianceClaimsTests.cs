using MiniGrad.Data;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;
using Xunit;

namespace MiniGrad.Tests.Lab.Invariance;

/// <summary>Each claim gets the verdict that made-up numbers carry, and the opposite one from opposite numbers.</summary>
public sealed class InvarianceClaimsTests
{
    private const int Walked = 200;

    [Theory]
    [InlineData(180, "holds")]
    [InlineData(100, "holds in part")]
    [InlineData(10, "does not hold here")]
    public void NormalNetworksAreBlindIfMostWalksComeNear(int near, string verdict) =>
        Assert.Equal(verdict, Verdict(0, Result(Made(TrainingMethod.Normal, near))));

    [Theory]
    [InlineData(180, 120, 60, 10, "holds")]
    [InlineData(180, 170, 60, 10, "holds in part")]
    [InlineData(10, 60, 120, 180, "does not hold here")]
    [InlineData(100, 100, 100, 100, "does not hold here")]
    public void TheOrderOfTheNetworks(int normal, int at, int msd, int ccat, string verdict) =>
        Assert.Equal(verdict, Verdict(1, Result(Made(TrainingMethod.Normal, normal), Made(TrainingMethod.At, at),
            Made(TrainingMethod.Msd, msd), Made(TrainingMethod.Ccat, ccat))));

    [Fact]
    public void AnOrderOfWhichOneIsMissingHoldsInPart() => Assert.Equal("holds in part", Verdict(1, Result(
        Made(TrainingMethod.Normal, 180), Made(TrainingMethod.At, 100), Made(TrainingMethod.Ccat, 10))));

    [Theory]
    [InlineData(180, 20, 120, "holds")]
    [InlineData(180, 20, 25, "holds in part")]
    [InlineData(100, 100, 120, "does not hold here")]
    public void OneCureIsNoneForTheOthers(int own, int all, int msdAll, string verdict) =>
        Assert.Equal(verdict, Verdict(2, Result(
            Made(TrainingMethod.Normal), Made(TrainingMethod.At, right: own, all: all), Made(
                TrainingMethod.Msd, right: 150, all: msdAll))));

    [Theory]
    [InlineData(0.9, 0.1, "holds")]
    [InlineData(0.9, 0.7, "holds in part")]
    [InlineData(0.5, 0.9, "does not hold here")]
    public void RejectionHelpsCcat(double error, double accepted, string verdict) =>
        Assert.Equal(verdict, Verdict(3, Result(Made(TrainingMethod.Normal), Made(TrainingMethod.Ccat, error: error, accepted: accepted))));

    [Theory]
    [InlineData(1, 0.95, "holds")]
    [InlineData(1, 0.6, "holds in part")]
    [InlineData(1, 0.1, "does not hold here")]
    [InlineData(0.3, 0.25, "not tested")]
    public void CcatIsWeakWithoutRejection(double normal, double ccat, string verdict) =>
        Assert.Equal(verdict, Verdict(4, Result(Made(TrainingMethod.Normal, error: normal), Made(TrainingMethod.Ccat, error: ccat))));

    [Theory]
    [InlineData(0.2, 0.1, "holds")]
    [InlineData(0.9, 0.1, "holds in part")]
    [InlineData(0.9, 0.9, "does not hold here")]
    public void CcatIsBrittle(double small, double large, string verdict) =>
        Assert.Equal(verdict, Verdict(5, Result(Made(TrainingMethod.Normal), Made(TrainingMethod.Ccat, after: [small, 0.5, large]))));

    [Theory]
    [InlineData(4, 5, "holds")]
    [InlineData(4, 2, "holds in part")]
    [InlineData(2, 2, "does not hold here")]
    public void RobustPathsAreWider(double at, double msd, string verdict) =>
        Assert.Equal(verdict, Verdict(6, Result(
            Made(TrainingMethod.Normal, width: 3), Made(TrainingMethod.At, width: at), Made(TrainingMethod.Msd, width: msd))));

    [Theory]
    [InlineData(0.5, 200, "holds")]
    [InlineData(0.5, 60, "holds in part")]
    [InlineData(1.5, 200, "does not hold here")]
    [InlineData(0.5, 0, "does not hold here")]
    public void LogitSpaceLeadsFurther(double factor, int kept, string verdict)
    {
        SubjectOutcome ccat = Made(TrainingMethod.Ccat);
        Walks from = ccat.Relative with
        {
            Rows = [.. ccat.Relative.Rows.Select(row => row with { Distance = row.Distance * factor, Kept = row.Source < kept })],
        };
        Assert.Equal(verdict, Verdict(7, Result(Made(TrainingMethod.Normal), ccat) with { Logit = from }));
    }

    [Theory]
    [InlineData(0.8, 0.8, "holds")]
    [InlineData(0.8, 0.1, "holds in part")]
    [InlineData(0.1, 0.1, "does not hold here")]
    public void LpipsCcatIsSurer(double small, double large, string verdict) =>
        Assert.Equal(verdict, Verdict(8, Result(Made(TrainingMethod.Normal), Made(TrainingMethod.Ccat, after: [0.2, 0.2, 0.2]),
            Made(TrainingMethod.LpipsCcat, after: [small, small, large]))));

    [Fact]
    public void WithoutTheirNetworksClaimsAreNotTested() =>
        Assert.Equal([1, 2, 3, 4, 5, 7, 8], InvarianceClaims.Of(Result(Made(TrainingMethod.Normal), Made(TrainingMethod.Trades)))
            .Select((claim, i) => (claim, i)).Where(x => x.claim.Verdict == ClaimVerdict.NotTested).Select(x => x.i));

    /// <summary>A source that the network gets wrong is in no rate of ours, and a success as the authors count.</summary>
    [Fact]
    public void WrongSourcesChangeOnlyTheAuthorsCounting()
    {
        SubjectOutcome made = Made(TrainingMethod.Normal, near: 50);
        WalkRow wrong = made.Relative.Rows[0] with { Status = ExampleStatus.SourceMisclassified, Kept = false };
        SubjectOutcome more = made with { Relative = made.Relative with { Rows = [.. made.Relative.Rows, wrong] } };
        Assert.Equal(made.Success(), more.Success());
        Assert.Equal(made.Success().Successes + 1, more.Success(WrongSources.Succeed).Successes);
        Assert.Equal(made.Success().Count + 1, more.Success(WrongSources.Fail).Count);
    }

    [Theory]
    [InlineData(new double[] { 1, 1, 1 }, 2)]
    [InlineData(new double[] { 1, 0.75, 0.25 }, 1.5)]
    [InlineData(new double[] { 0.8, 0, 0 }, 0.5)]
    [InlineData(new double[] { 0.8, double.NaN, 0 }, double.NaN)]
    public void HalfWidthsLieBetweenRadii(double[] low, double expected) =>
        Assert.Equal(expected, PathWidths.HalfWidth([.. low.Select((p, k) => new PathWidthRow(0, k, p, 1, k))]), 1e-12);

    [Fact]
    public void PublishedNumbersAreThoseOfTheSpecification()
    {
        Assert.Equal(0.9369, PublishedInvariance.Printed(false, TrainingMethod.Normal));
        Assert.Equal(0.0080, PublishedInvariance.Corrected(true, TrainingMethod.Ccat));
        Assert.Equal([0.109, 0.223, 0.3357, 0.533, 0.839], PublishedInvariance.Curve(false, TrainingMethod.Msd));
        Assert.True(double.IsNaN(PublishedInvariance.Printed(true, TrainingMethod.Trades)));
    }

    private static string Verdict(int claim, InvarianceResult result) => InvarianceClaims.Of(result)[claim].Badge.Words;

    private static InvarianceResult Result(params SubjectOutcome[] networks) => new(
        new(DataSets.Open("digits", Split.Test), [.. networks.Select(n => n.Subject)], new("none", false, "", (_, _) => []), 0),
        InvariancePreset.Find("small"), [], networks, null, null, [], []);

    private static SubjectOutcome Made(
        TrainingMethod method, int near = 100, int right = 100, int all = 50, double error = 0.5, double accepted = 0.5,
        double[]? after = null, double width = 3)
    {
        WalkRow[] rows = [.. Enumerable.Range(0, Walked).Select(i => new WalkRow(
            i, 1000, 0, 1, ExampleStatus.ConfidenceStop, 1, 0.96, 0.5, (i < near ? 0.02 : 0.4) + i * 1e-5, 0.3, 0.2, true, 10))];
        AttackedError attacked = new("a", "A", 100, (int)(100 * error), error, accepted, false, 0, 0.5);
        double[][] square = [.. Enumerable.Range(0, 10).Select(_ => new double[10])];
        return new(
            new(method, method.ToString(), null!, ""), new("NSPGD", rows,
                [.. square.Select(r => Array.ConvertAll(r, _ => Array.Empty<byte>()))], square),
            null, new(0.01, 0, 0.99, 0.5, attacked, attacked, attacked), new(Walked, Walked, ["Linf", "L2", "L1"], [right, all, all], all),
            new([width, width + 0.1, width - 0.1, width], [], []),
            new([0.01, 0.03, 0.1], 100, 0.95, after ?? [0.9, 0.9, 0.9], [1, 1, 1], after ?? [0.9, 0.9, 0.9], [], [], 1, 1));
    }
}
