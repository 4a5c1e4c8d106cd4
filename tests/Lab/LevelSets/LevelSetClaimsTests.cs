using MiniGrad.Lab.Reproductions;
using Xunit;

namespace MiniGrad.Tests.Lab.LevelSets;

/// <summary>Each claim gets the verdict that made-up numbers carry, and the opposite one from opposite numbers.</summary>
public sealed class LevelSetClaimsTests
{
    private const string Holds = "holds";
    private const string InPart = "holds in part";
    private const string Not = "does not hold here";
    private const string Untested = "not tested";

    private static readonly MadeUpLevelSet Normal = new("plain");
    private static readonly MadeUpLevelSet Robust = new("strong") { IsRobust = true, Rmse = 0.1, Distance = 0.2, Hull = 0.8, Beyond = 0.7 };

    [Theory]
    [InlineData(0.01, 100, Holds)]
    [InlineData(0.01, 55, InPart)]
    [InlineData(0.01, 20, Not)]
    [InlineData(0.08, 100, Not)]
    public void EndsLookLikeTargets(double rmse, int kept, string verdict) =>
        Check(LevelSetQuestion.Blind, 0, verdict, Normal with { Rmse = rmse, Kept = kept });

    [Theory]
    [InlineData(5, 1, Holds)]
    [InlineData(5, 5, InPart)]
    [InlineData(4, 1, InPart)]
    [InlineData(4, 5, Not)]
    [InlineData(2, 1, Not)]
    [InlineData(0, 1, Not)]
    public void LinesStayAndRandomOnesDoNot(int lines, int random, string verdict) =>
        Check(LevelSetQuestion.StarLike, 0, verdict, Normal with { Lines = lines, Random = random });

    [Theory]
    [InlineData(0.8, 0.7, Holds)]
    [InlineData(0.8, 0.6, InPart)]
    [InlineData(0.6, 0.7, InPart)]
    [InlineData(0.8, 0.4, InPart)]
    [InlineData(0.6, 0.6, Not)]
    [InlineData(0.4, 0.4, Not)]
    public void RobustHullsAreLarger(double hull, double beyond, string verdict) =>
        Check(LevelSetQuestion.LargerHull, 1, verdict, Normal, Robust with { Hull = hull, Beyond = beyond });

    /// <summary>Where the radius is not stated, nothing lies beyond it.</summary>
    [Fact]
    public void WithoutARadiusTheWholeHullDecides()
    {
        MadeUpLevelSet unknown = Robust with { Radius = null, Beyond = 0 };
        Check(LevelSetQuestion.LargerHull, 1, Holds, Normal, unknown);
        Assert.Contains("its radius is not stated", LevelSetClaims.Each(MadeUpLevelSet.Result(Normal, unknown))[1].Claims[2].Numbers,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.1, 0.2, Holds)]
    [InlineData(0.04, 0.2, InPart)]
    [InlineData(0.1, 0.02, InPart)]
    [InlineData(0.01, 0.02, Not)]
    [InlineData(0.005, 0.01, Not)]
    public void RobustEndsKeepTraces(double rmse, double distance, string verdict) =>
        Check(LevelSetQuestion.Traces, 1, verdict, Normal, Robust with { Rmse = rmse, Distance = distance });

    [Fact]
    public void ClaimsAreAskedOfTheNetworksTheyAreAbout()
    {
        LevelSetResult result = MadeUpLevelSet.Result(Normal, Robust);
        IReadOnlyList<NetworkVerdicts> each = LevelSetClaims.Each(result);
        Assert.Equal([Holds, Holds, Untested, Untested], each[0].Claims.Select(claim => claim.Badge.Words));
        Assert.Equal([Untested, Holds, Holds, Holds], each[1].Claims.Select(claim => claim.Badge.Words));
        Assert.All(LevelSetClaims.Of(result), claim => Assert.Equal(ClaimVerdict.Holds, claim.Verdict));
        Assert.Equal([ClaimVerdict.NotTested, ClaimVerdict.Holds, ClaimVerdict.NotTested, ClaimVerdict.NotTested],
            LevelSetClaims.Of(MadeUpLevelSet.Result(Robust)).Select(claim => claim.Verdict));
    }

    [Fact]
    public void TogetherAClaimHoldsInPartWhereItHoldsOnSomeNetworks()
    {
        Claim some = LevelSetClaims.Of(MadeUpLevelSet.Result(Normal, Normal with { Weights = "other", Rmse = 0.2 }))[0];
        Assert.Equal(InPart, some.Badge.Words);
        Assert.Equal("Holds on 1 of 2 networks. holds: plain; does not hold here: other.", some.Numbers);
        Assert.Equal(Not, LevelSetClaims.Of(MadeUpLevelSet.Result(Normal with { Rmse = 0.2 }))[0].Badge.Words);
    }

    /// <summary>Where a robust network has a twin, pairs that are built differently do not decide.</summary>
    [Fact]
    public void TwinsGoBeforeOthers()
    {
        MadeUpLevelSet other = Robust with { Weights = "other", Architecture = "cnn-a", Hull = 0.1, Beyond = 0.1 };
        Claim twins = LevelSetClaims.Of(MadeUpLevelSet.Result(Normal, Robust, other))[2];
        Assert.Equal(Holds, twins.Badge.Words);
        Assert.Equal("Holds on 1 of 1 pairs of one architecture. holds: strong.", twins.Numbers);
        Claim alone = LevelSetClaims.Of(MadeUpLevelSet.Result(Normal, other))[2];
        Assert.Equal(Not, alone.Badge.Words);
        Assert.Contains("pairs, of different architectures", alone.Numbers, StringComparison.Ordinal);
    }

    /// <summary>A robust network is compared with what is built as it is, else with the first normal network.</summary>
    [Fact]
    public void PartnersAreBuiltAlikeWhereTheyCanBe()
    {
        LevelSetResult result = MadeUpLevelSet.Result(Normal, new MadeUpLevelSet("small", "vit-4-64-4"), Robust,
            Robust with { Weights = "tiny", Architecture = "vnncomp-vit-2-3-16" }, Robust with { Weights = "flat", Architecture = "mlp" });
        (string, bool)[] partners = [.. result.Networks.Skip(2).Select(n => result.PartnerOf(n)!.Value)
            .Select(partner => (partner.Network.Subject.Weights, partner.IsTwin))];
        Assert.Equal([("plain", true), ("small", false), ("plain", false)], partners);
    }

    [Theory]
    [InlineData("resnet20-cifar", "Cnn")]
    [InlineData("vit-4-64-4", "Transformer")]
    [InlineData("vnncomp-vit-3-3-8", "Transformer")]
    [InlineData("deit-small", "Transformer")]
    [InlineData("cct-4-3x1", "Transformer")]
    [InlineData("mlp", "Mlp")]
    public void FamiliesFollowFromNames(string architecture, string family) =>
        Assert.Equal(family, LevelSetSubject.FamilyOf(architecture).ToString());

    private static void Check(LevelSetQuestion question, int network, string verdict, params MadeUpLevelSet[] networks)
    {
        Claim found = LevelSetClaims.Each(MadeUpLevelSet.Result(networks))[network][question];
        Assert.True(verdict == found.Badge.Words, $"{found.Text} {found.Badge.Words}, expected {verdict}: {found.Numbers}");
    }
}
