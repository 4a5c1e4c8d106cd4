using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>What must hold for every row of the attack catalogue.</summary>
public class AttackCatalogTests
{
    public static TheoryData<string> All => [.. AttackCases.All.Select(row => row.Name)];

    public static TheoryData<string> NotRandom => [.. AttackCases.All.Where(row => !row.IsRandom).Select(row => row.Name)];

    [Fact]
    public void EveryRowOfTheCatalogueHasACase() =>
        Assert.Empty(AttackCatalog.All.Select(entry => entry.Name).Except(AttackCases.All.Select(row => row.Entry)));

    [Fact]
    public void EveryCaseIsOfItsRow()
    {
        Assert.Equal(AttackCases.All.Length, AttackCases.All.Select(row => row.Name).Distinct().Count());
        foreach (AttackEntry entry in AttackCatalog.All)
        {
            Assert.All(AttackCases.All.Where(row => row.Entry == entry.Name), row => Assert.IsType(entry.Type, row.Attack));
            Assert.Equal(entry, AttackCatalog.Find(entry.Name));
            Assert.Equal(typeof(Traversal).IsAssignableFrom(entry.Type), entry.IsTraversal);
            Assert.Equal(typeof(MinimalAttack).IsAssignableFrom(entry.Type), entry.IsMinimal);
            Assert.False(string.IsNullOrWhiteSpace(entry.Description) || string.IsNullOrWhiteSpace(entry.Paper));
        }
    }

    [Fact]
    public void AnUnknownNameGetsTheNearest()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => AttackCatalog.Find("pdg"));
        Assert.Contains("there is no \"pdg\"; did you mean \"pgd\"? Known: apgd, apgd-t, bim, boundary-walk, cw-l2, cw-linf, "
            + "deepfool, fab, fast-lpa, fgm-l2, fgsm, logit-space, lpa, lst, mi-fgsm, msd, "
            + "noise, noise-gaussian, noise-sign, nspgd, pgd, pgd-conf, pgd-kl, ppgd, spatial-combined, "
            + "spatial-first-order, spatial-grid, spatial-random, spatial-worst-of, square, universal",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyAttacksCanBeAdded()
    {
        ArgumentException error =
            Assert.Throws<ArgumentException>(() => AttackCatalog.Add(new("ball", typeof(Threat), "no attack", "none")));
        Assert.Contains("Threat derives neither", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void StaysInBallAndBox(string name) => AttackInvariants.StaysInBallAndBox(AttackCases.Of(name).Attack);

    [Theory]
    [MemberData(nameof(All))]
    public void SuccessIsAFreshEvaluation(string name) => AttackInvariants.SuccessIsAFreshEvaluation(AttackCases.Of(name).Attack);

    [Theory]
    [MemberData(nameof(All))]
    public void TheSeedDecides(string name) => AttackInvariants.TheSeedDecides(AttackCases.Of(name));

    [Theory]
    [MemberData(nameof(All))]
    public void ABatchIsItsExamples(string name) => AttackInvariants.ABatchIsItsExamples(AttackCases.Of(name).Attack);

    [Theory]
    [MemberData(nameof(All))]
    public void ChunksDoNotMatter(string name) => AttackInvariants.ChunksDoNotMatter(AttackCases.Of(name).Attack);

    [Theory]
    [MemberData(nameof(NotRandom))]
    public void APermutationPermutes(string name) => AttackInvariants.APermutationPermutes(AttackCases.Of(name).Attack);

    [Theory]
    [MemberData(nameof(All))]
    public void AMisclassifiedInputIsNamedAndReturned(string name) =>
        AttackInvariants.AMisclassifiedInputIsNamedAndReturned(AttackCases.Of(name).Attack);

    [Theory]
    [MemberData(nameof(All))]
    public void AZeroGradientIsNamed(string name) => AttackInvariants.AZeroGradientIsNamed(AttackCases.Of(name).Attack);

    [Theory]
    [MemberData(nameof(All))]
    public void SuspectClassifiersAreWarnedOf(string name) => AttackInvariants.SuspectClassifiersAreWarnedOf(AttackCases.Of(name).Attack);

    [Theory]
    [MemberData(nameof(All))]
    public void NanLogitsAreNoSuccess(string name) => AttackInvariants.NanLogitsAreNoSuccess(AttackCases.Of(name).Attack);

    [Theory]
    [MemberData(nameof(All))]
    public void ACancelledRunKeepsWhatIsFinished(string name) =>
        AttackInvariants.ACancelledRunKeepsWhatIsFinished(AttackCases.Of(name).Attack);

    [Theory]
    [MemberData(nameof(All))]
    public void ItPrintsItsHyperParameters(string name) => AttackInvariants.ItPrintsItsHyperParameters(AttackCases.Of(name).Attack);
}
