using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Threads, memory and the shared catalogue: these tests run alone.</summary>
[Collection(SerialCollection.Name)]
public class AttackResourceTests
{
    // Large enough for loops to be split among threads.
    private static readonly AttackProblem Large = AttackProblem.Make(ClosedForm.TwoLayer([1, 28, 28], 4, units: 128), 32);

    public static TheoryData<string> All => AttackCatalogTests.All;

    [Theory]
    [MemberData(nameof(All))]
    public void ThreadsDoNotMatter(string name)
    {
        Attack attack = AttackCases.Of(name).Attack;
        int before = Computing.Default.Threads;
        try
        {
            Computing.Default = Computing.Default with { Threads = 1 };
            AttackResult one = Large.Run(attack);
            Computing.Default = Computing.Default with { Threads = 2 };
            AttackInvariants.Same(one, Large.Run(attack), "two threads");
        }
        finally
        {
            Computing.Default = Computing.Default with { Threads = before };
        }
    }

    [Theory]
    [InlineData("pgd linf")]
    [InlineData("pgd l2")]
    [InlineData("lst")]
    [InlineData("nspgd")]
    public void NothingIsHeldForEachIteration(string loop)
    {
        Attack Make(int iterations) => loop switch
        {
            "pgd linf" => new Pgd(Threat.Linf(1e-4), iterations),
            "pgd l2" => new Pgd(Threat.L2(1e-4), iterations),
            "lst" => new Lst(iterations, StepSize: 1e-4, ParallelStep: 1e-6),
            _ => new Nspgd(StepMode.Relative, 1e-4, iterations, ConfidenceDrop: 0.9),
        };
        long Held(int iterations)
        {
            Large.Run(Make(iterations));
            return GC.GetTotalMemory(forceFullCollection: true);
        }
        Held(20);
        (long few, long many) = (Held(20), Held(120));
        // One kept tensor an iteration would be 10 MB; what the process itself comes and goes with is well below 2.
        Assert.InRange(many - few, long.MinValue, 2_000_000);
    }

    [Fact]
    public void AUsersOwnAttackJoinsTheCatalogue()
    {
        AttackEntry entry = new("fade", typeof(Fade), "fades to mid-grey", "none");
        AttackCatalog.Add(entry);
        try
        {
            Assert.Contains(entry, AttackCatalog.All);
            Assert.False(entry.IsTraversal);
            Attack attack = AttackBinder.Bind(AttackCatalog.Find("fade"),
                new Dictionary<string, string> { ["share"] = "0.5", ["epsilon"] = "0.2", ["restarts"] = "2" });
            Assert.Equal(new Fade(Threat.Linf(0.2), 0.5) { Restarts = 2 }, attack);
            Assert.Contains("fade: share 2 is outside", Assert.ThrowsAny<ArgumentException>(() => AttackBinder.Bind(entry,
                new Dictionary<string, string> { ["share"] = "2" })).Message,
                StringComparison.Ordinal);
            AttackInvariants.StaysInBallAndBox(attack);
            AttackInvariants.SuccessIsAFreshEvaluation(attack);
            AttackInvariants.ABatchIsItsExamples(attack);
            AttackInvariants.ChunksDoNotMatter(attack);
            AttackInvariants.APermutationPermutes(attack);
            AttackInvariants.AMisclassifiedInputIsNamedAndReturned(attack);
            AttackInvariants.ACancelledRunKeepsWhatIsFinished(attack);
            AttackInvariants.ItPrintsItsHyperParameters(attack);
        }
        finally
        {
            Assert.True(AttackCatalog.Remove("fade"));
        }
        Assert.DoesNotContain(entry, AttackCatalog.All);
        Assert.False(AttackCatalog.Remove("fade"));
    }
}
