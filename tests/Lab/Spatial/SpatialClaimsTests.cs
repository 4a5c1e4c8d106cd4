using MiniGrad.Lab.Reproductions;
using Xunit;

namespace MiniGrad.Tests.Lab.Spatial;

/// <summary>Each claim gets the verdict that made-up numbers carry, and the opposite one from opposite numbers.</summary>
public sealed class SpatialClaimsTests
{
    private const string Holds = "holds";
    private const string InPart = "holds in part";
    private const string Not = "does not hold here";
    private const string Untested = "not tested";

    private static readonly MadeUpSpatial Standard = new(SpatialRole.Standard);

    [Theory]
    [InlineData(180, 120, 60, Holds)]
    [InlineData(180, 170, 160, InPart)]
    [InlineData(180, 120, 118, Not)]
    [InlineData(60, 120, 180, Not)]
    public void AttacksAreInOrder(int random, int worst, int grid, string verdict) =>
        Check(0, verdict, Standard with { Random = random, Worst = worst, Grid = grid });

    [Theory]
    [InlineData(150, 60, Holds)]
    [InlineData(70, 60, InPart)]
    [InlineData(62, 60, Not)]
    [InlineData(50, 60, Not)]
    public void FirstOrderIsWeak(int ascent, int grid, string verdict) =>
        Check(1, verdict, Standard with { FirstOrder = ascent, Grid = grid });

    [Theory]
    [InlineData(150, 100, 50, Holds)]
    [InlineData(150, 100, 100, InPart)]
    [InlineData(100, 150, 50, Not)]
    [InlineData(50, 100, 150, Not)]
    public void TrainingHelpsInOrder(int worst, int aug, int standard, string verdict) =>
        Check(2, verdict, Standard with { Grid = standard }, new(SpatialRole.Aug30) { Grid = aug },
            new(SpatialRole.Worst30) { Grid = worst });

    [Theory]
    [InlineData(180, 160, 100, 20, Holds)]
    [InlineData(195, 160, 100, 20, InPart)]
    [InlineData(195, 180, 120, 60, Not)]
    [InlineData(195, 195, 100, 20, Not)]
    public void WithoutCropsAllIsWorse(int natural, int random, int worst, int grid, string verdict) => Check(3, verdict, Standard,
        new(SpatialRole.NoCrop) { Natural = natural, Random = random, Worst = worst, Grid = grid });

    [Theory]
    [InlineData(20, 60, 100, Holds)]
    [InlineData(60, 60, 100, InPart)]
    [InlineData(80, 60, 100, Not)]
    public void WithoutCropsIsTheWorst(int none, int standard, int aug, string verdict) => Check(4, verdict,
        Standard with { Grid = standard }, new(SpatialRole.NoCrop) { Grid = none }, new(SpatialRole.Aug30) { Grid = aug });

    [Theory]
    [InlineData(70, Holds)]
    [InlineData(110, InPart)]
    [InlineData(160, Not)]
    [InlineData(195, Not)]
    public void BlackBordersExplainNothing(int mirrored, string verdict) => Check(5, verdict, Standard with { Mirrored = mirrored });

    [Theory]
    [InlineData(110, Holds)]
    [InlineData(120, InPart)]
    [InlineData(160, Not)]
    public void DropsAddUp(int both, string verdict) => Check(6, verdict, Standard with
    {
        Natural = 200,
        Broken = ([.. Enumerable.Range(160, 40)], [.. Enumerable.Range(110, 50)], [.. Enumerable.Range(both, 200 - both)]),
    });

    [Fact]
    public void DropsOfAllSayNothing() => Check(6, Untested, Standard with { Linf = 0 });

    [Theory]
    [InlineData(60, Holds)]
    [InlineData(40, Holds)]
    [InlineData(90, InPart)]
    [InlineData(140, Not)]
    public void TrainingInPixelsHelpsNothing(int linf, string verdict) =>
        Check(7, verdict, Standard, new(SpatialRole.Linf) { Grid = linf }, new(SpatialRole.Worst30) { Grid = 150 });

    [Theory]
    [InlineData(775, 60, Holds)]
    [InlineData(155, 60, Not)]
    [InlineData(776, 60, Not)]
    [InlineData(30, 0, Untested)]
    public void PassesAreCounted(int most, int right, string verdict) => Check(8, verdict, Standard with { Most = most, Grid = right });

    [Theory]
    [InlineData(64, 175, Holds)]
    [InlineData(100, 175, InPart)]
    [InlineData(64, 195, InPart)]
    [InlineData(100, 194, Not)]
    public void AugmentationGivesLittleAndCostsMuch(int grid, int natural, string verdict) =>
        Check(9, verdict, Standard, new(SpatialRole.Aug30) { Grid = grid, Natural = natural });

    [Theory]
    [InlineData(5, 10, Holds)]
    [InlineData(5, 90, InPart)]
    [InlineData(0, 10, InPart)]
    [InlineData(0, 90, Not)]
    public void AscentIsCaught(int maxima, int reached, string verdict) =>
        Check(10, verdict, Standard with { Maxima = maxima, Reached = reached });

    [Fact]
    public void AscentThatDoesNotFailIsNotExplained() => Check(10, Untested, Standard with { FirstOrder = 60 });

    [Theory]
    [InlineData(0.5, 5, Holds)]
    [InlineData(0.5, 9, Not)]
    [InlineData(1, 2, InPart)]
    [InlineData(1, 5, Not)]
    [InlineData(2, 5, Not)]
    public void BlurSmooths(double rough, int maxima, string verdict) =>
        Check(11, verdict, Standard, new(SpatialRole.Blur) { Rough = rough, Maxima = maxima });

    [Theory]
    [InlineData(100, 60, Holds)]
    [InlineData(150, 60, Not)]
    [InlineData(180, 60, Not)]
    [InlineData(135, 105, Holds)]
    [InlineData(120, 70, Holds)]
    [InlineData(140, 60, Holds)]
    [InlineData(140, 148, InPart)]
    public void AscentIsStrongerOnBlur(int ascent, int grid, string verdict) =>
        Check(12, verdict, Standard, new(SpatialRole.Blur) { FirstOrder = ascent, Grid = grid });

    [Theory]
    [InlineData(150, 195, 150, Holds)]
    [InlineData(150, 180, 150, InPart)]
    [InlineData(120, 195, 150, InPart)]
    [InlineData(120, 195, 120, Not)]
    [InlineData(100, 195, 100, Not)]
    public void VotesHelp(int attacked, int natural, int other, string verdict) => Check(13, verdict,
        Standard with { VoteWorst = attacked, Vote = natural }, new(SpatialRole.NoCrop) { VoteWorst = other });

    [Fact]
    public void WithoutTheirNetworksClaimsAreNotTested() =>
        Assert.Equal([2, 3, 4, 7, 9, 11, 12], SpatialClaims.Of(MadeUpSpatial.Result(Standard, new(SpatialRole.Also)))
            .Select((claim, i) => (claim, i)).Where(x => x.claim.Verdict == ClaimVerdict.NotTested).Select(x => x.i));

    [Fact]
    public void PublishedNumbersAreThoseOfTheAuthors()
    {
        Assert.Equal([71.3, 60.6, 39.9, 20.9], PublishedSpatial.Accuracy(SpatialRole.Standard)!);
        Assert.Equal([69.1, 68.0, 59.4, 48.1], PublishedSpatial.Accuracy(SpatialRole.Worst30)!);
        Assert.Null(PublishedSpatial.Accuracy(SpatialRole.Blur));
        Assert.Equal([77.23, 91.29, 71.48, 88.07], PublishedSpatial.AntiAliasing[3].Values);
    }

    private static void Check(int claim, string verdict, params MadeUpSpatial[] networks)
    {
        Claim found = SpatialClaims.Of(MadeUpSpatial.Result(networks))[claim];
        Assert.True(verdict == found.Badge.Words, $"{found.Text} {found.Badge.Words}, expected {verdict}: {found.Numbers}");
    }
}
