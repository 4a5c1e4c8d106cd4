using MiniGrad.Lab.Reproductions;
using Xunit;

namespace MiniGrad.Tests.Lab.RobustnessStudy;

/// <summary>Each claim gets the verdict that made-up numbers carry, and the opposite one from opposite numbers.</summary>
public sealed class RobustClaimsTests
{
    private const string Holds = "holds";
    private const string InPart = "holds in part";
    private const string Not = "does not hold here";
    private const string Untested = "not tested";

    private static readonly MadeUpRobust Standard = new(RobustRole.Standard);

    [Theory]
    [InlineData(0.012, Holds)]
    [InlineData(0.06, InPart)]
    [InlineData(0.2, Not)]
    [InlineData(double.NaN, Untested)]
    public void AdversarialIsSmall(double relative, string verdict) => Check(0, verdict, Standard with { Relative = relative });

    [Theory]
    [InlineData(2, Holds)]
    [InlineData(3, InPart)]
    [InlineData(5, Not)]
    public void DeepFoolIsQuick(int iterations, string verdict) => Check(1, verdict, Standard with { Iterations = iterations });

    [Theory]
    [InlineData(4, Holds)]
    [InlineData(double.NaN, Holds)]
    [InlineData(1.5, InPart)]
    [InlineData(0.9, Not)]
    public void OneStepIsLonger(double ratio, string verdict) => Check(2, verdict, Standard with { Fgsm = ratio });

    [Theory]
    [InlineData(300, Holds, Not)]
    [InlineData(41, InPart, Holds)]
    [InlineData(60, InPart, InPart)]
    [InlineData(9, Not, Not)]
    public void RandomIsFar(double ratio, string survey, string law)
    {
        Check(3, survey, Standard with { Lines = ratio });
        Check(4, law, Standard with { Lines = ratio });
    }

    [Theory]
    [InlineData(1.1, Holds)]
    [InlineData(0.6, InPart)]
    [InlineData(3, Not)]
    public void SignsFollowTheirLaw(double over, string verdict) => Check(5, verdict, Standard with { Signs = over });

    [Theory]
    [InlineData(1.05, Holds)]
    [InlineData(0.8, InPart)]
    [InlineData(1.6, Not)]
    [InlineData(double.NaN, Untested)]
    public void SubspacesSeeAFlatBoundary(double beta, string verdict) => Check(6, verdict, Standard with { Beta = beta });

    [Theory]
    [InlineData(new[] { 150, 120, 100, 100, 60 }, Holds)]
    [InlineData(new[] { 118, 120, 100, 100, 60 }, InPart)]
    [InlineData(new[] { 150, 100, 100, 102, 60 }, InPart)]
    [InlineData(new[] { 60, 120, 100, 100, 60 }, Not)]
    [InlineData(new[] { 150, 100, 100, 140, 60 }, Not)]
    public void TheLadderGoesDown(int[] ladder, string verdict) => Check(7, verdict, Standard with { Ladder = ladder });

    [Theory]
    [InlineData(60, Holds)]
    [InlineData(98, InPart)]
    [InlineData(100, Not)]
    public void OtherAttacksFindMore(int suite, string verdict) =>
        Check(8, verdict, Standard with { Ladder = [150, 120, 100, 100, suite] });

    [Fact]
    public void WherePgdLeavesNothingNothingIsMissed() => Check(8, Untested, Standard with { Ladder = [10, 0, 0, 0, 0] });

    [Theory]
    [InlineData(0.2, 120, Holds)]
    [InlineData(0.06, 120, InPart)]
    [InlineData(0.2, 60, InPart)]
    [InlineData(0.06, 60, Not)]
    public void TrainingMovesBoundariesAway(double linf, int suite, string verdict) => Check(9, verdict, Standard,
        new(RobustRole.Adversarial) { Linf = linf, Ladder = [160, 150, 140, 140, suite] });

    [Theory]
    [InlineData(0.05, 0.5, Holds, Holds)]
    [InlineData(0.15, 0.5, InPart, InPart)]
    [InlineData(0.05, 5, Holds, InPart)]
    [InlineData(0.5, 0.6, Not, Not)]
    [InlineData(double.PositiveInfinity, 0.6, Untested, Untested)]
    [InlineData(0.05, double.PositiveInfinity, Holds, InPart)]
    public void UniversalIsSmall(double crafted, double random, string small, string ratio)
    {
        Check(10, small, Standard with { Smallest = [crafted, random] });
        Check(11, ratio, Standard with { Smallest = [crafted, random] });
    }

    [Theory]
    [InlineData(0.5, 0.4, Holds)]
    [InlineData(0.5, 0.2, InPart)]
    [InlineData(0.1, 0.2, Not)]
    public void UniversalCarriesOver(double first, double second, string verdict) =>
        Check(12, verdict, Standard with { Transfer = first }, new(RobustRole.Twin) { Transfer = second });

    [Theory]
    [InlineData(20, Holds)]
    [InlineData(19, InPart)]
    [InlineData(10, Not)]
    public void PathsAreFound(int found, string verdict) => Check(13, verdict, Standard with { Found = found });

    [Theory]
    [InlineData(1.0, Holds)]
    [InlineData(1.1, Not)]
    public void PathsAreStraight(double length, string verdict) => Check(14, verdict, Standard with { Length = length });

    [Fact]
    public void WithoutPathsNoLengthIsKnown() => Check(14, Untested, Standard with { Found = 0 });

    [Theory]
    [InlineData(800, 100, Holds, Holds)]
    [InlineData(950, 700, InPart, InPart)]
    [InlineData(400, 400, Not, Not)]
    public void MixturesFall(int two, int fifty, string pairs, string falling)
    {
        Check(15, pairs, Standard with { Hits = [two, fifty] });
        Check(16, falling, Standard with { Hits = [two, fifty] });
    }

    [Theory]
    [InlineData(0.999, Holds)]
    [InlineData(0.95, InPart)]
    [InlineData(0.5, Not)]
    public void TheSmallestChangeIsOrthogonal(double cosine, string verdict) => Check(17, verdict, Standard with { Cosine = cosine });

    [Theory]
    [InlineData(0.6, 0.4, Holds)]
    [InlineData(0.6, 0.1, InPart)]
    [InlineData(0.15, 0.4, InPart)]
    [InlineData(0.15, 0.05, Not)]
    public void NormalsShareFewDirections(double energy, double fooled, string verdict) =>
        Check(18, verdict, Standard with { Energy = [energy, 0.1], Fooled = [fooled, 0.1] });

    [Theory]
    [InlineData(20, 10, 90, Holds)]
    [InlineData(20, 90, 90, InPart)]
    [InlineData(50, 10, 90, Not)]
    public void ShortStepsStayNear(int farthest, int few, int many, string verdict) =>
        Check(19, verdict, Standard with { Short = [farthest, few, many] });

    [Fact]
    public void WithoutTheirNetworksClaimsAreNotTested() =>
        Assert.Equal([9, 12], RobustClaims.Of(MadeUpRobust.Result(Standard)).Select((claim, i) => (claim, i))
            .Where(x => x.claim.Verdict == ClaimVerdict.NotTested).Select(x => x.i));

    [Fact]
    public void WeakerAttacksMayNotBreakMore()
    {
        Standard.Outcome().Check();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => (Standard with { Ladder = [150, 90, 100, 100, 60] }).Outcome().Check());
        Assert.Equal("reproduce robustness: Standard: image 90 is wrong under Pgd and right under PgdRestarts, which includes it.",
            error.Message);
    }

    private static void Check(int claim, string verdict, params MadeUpRobust[] networks)
    {
        Claim found = RobustClaims.Of(MadeUpRobust.Result(networks))[claim];
        Assert.True(verdict == found.Badge.Words, $"{found.Text} {found.Badge.Words}, expected {verdict}: {found.Numbers}");
    }
}
