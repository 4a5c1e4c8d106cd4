using MiniGrad.Data;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Directions;
using MiniGrad.Probes.Topology;

namespace MiniGrad.Tests.Lab.RobustnessStudy;

/// <summary>
/// A network of the study as if it had been measured on 200 images. Under each attack so many are right, the first ones, so that on the
/// same images whatever is more is more everywhere.
/// </summary>
internal sealed record MadeUpRobust(RobustRole Role)
{
    private const int Images = 200;
    private const int Pairs = 20;
    private const int Draws = 1000;

    /// <summary>‖r‖/‖x‖ in L2.</summary>
    public double Relative { get; init; } = 0.01;

    public double Linf { get; init; } = 0.05;

    public int Iterations { get; init; } = 2;

    public double Cosine { get; init; } = 1;

    /// <summary>The length of one FGSM step over DeepFool's; none where it is NaN.</summary>
    public double Fgsm { get; init; } = 4;

    /// <summary>Random lines over the nearest boundary, of which the law says 41.5, and random signs over their law.</summary>
    public double Lines { get; init; } = 41;

    public double Signs { get; init; } = 1;

    /// <summary>β over that of a flat boundary.</summary>
    public double Beta { get; init; } = 1;

    /// <summary>Right under FGSM, PGD, PGD with restarts, APGD, the suite.</summary>
    public int[] Ladder { get; init; } = [150, 120, 100, 100, 60];

    /// <summary>Smallest radii of universal perturbations: crafted and random.</summary>
    public double[]? Smallest { get; init; } = [0.05, 0.5];

    /// <summary>Paths that are found of twenty, and how long they are.</summary>
    public int Found { get; init; } = Pairs;

    public double Length { get; init; } = 1;

    /// <summary>Hits of mixtures of 2 and of 50 images, of a thousand.</summary>
    public int[] Hits { get; init; } = [800, 100];

    /// <summary>Energy of normals and of random rows.</summary>
    public double[] Energy { get; init; } = [0.6, 0.1];

    /// <summary>Fooled by vectors of the normals' span, and by others.</summary>
    public double[] Fooled { get; init; } = [0.4, 0.1];

    /// <summary>Fooled on other networks.</summary>
    public double Transfer { get; init; } = 0.5;

    /// <summary>The farthest pixel of short steps, in grey levels, and how many of a hundred they and long ones break.</summary>
    public int[] Short { get; init; } = [20, 10, 90];

    public RobustOutcome Outcome()
    {
        static double[] All(double value) => [.. Enumerable.Repeat(value, Images)];
        static MeasureOutcome Left(int right) => new("A", Images, [.. Enumerable.Range(right, Images - right)], 1, 1, 1, []);
        Distances l2 = new(All(0.1), All(Relative), All(0.1), All(Cosine), [.. Enumerable.Repeat(Iterations, Images)]);
        Distances linf = new(All(Linf), All(Linf), All(Linf), All(Cosine), l2.Iterations);
        FgsmBaseline fgsm = new(double.IsNaN(Fgsm) ? double.NaN : 0.1, Fgsm * Relative, 0.1, 0.9);
        FoolingRate rate = new(Images, Images / 2, Images / 2, Images / 2, Images / 2, 0);
        Universals universal = new([new(0.2, new float[784], true, 1, rate, rate)],
            Smallest is null ? null : new(Smallest[0], double.NaN, [Smallest[1]]), 1);
        Dictionary<RobustRung, MeasureOutcome> rungs = new()
        {
            [RobustRung.Natural] = Left(195),
            [RobustRung.Fgsm] = Left(Ladder[0]),
            [RobustRung.Pgd] = Left(Ladder[1]),
            [RobustRung.PgdRestarts] = Left(Ladder[2]),
            [RobustRung.Apgd] = Left(Ladder[3]),
            [RobustRung.ApgdTargeted] = Left(Ladder[4]),
        };
        return new(new(Role, Role.ToString(), null!, null!, ""), l2, linf, fgsm, universal, rungs,
            new(Left(Ladder[4]), [new("apgd", 195, 195 - Ladder[4])]))
        {
            Whole = Role is RobustRole.Standard or RobustRole.Adversarial ? Whole() : null,
        };
    }

    public static RobustResult Result(params MadeUpRobust[] networks)
    {
        RobustOutcome[] outcomes = [.. networks.Select(n => n.Outcome())];
        ImageDataSet data = DataSets.Open("digits", Split.Test);
        MadeUpRobust first = networks[0];
        FoolingRate[][] cells = [.. networks.Select(n =>
            networks.Select(_ => new FoolingRate(Images, (int)(n.Transfer * Images), 0, 0, 0, 0)).ToArray())];
        return new(new("digits", data, [.. outcomes.Select(o => o.Subject)], 0), RobustPreset.Find("small", 1), outcomes,
            new(0.2, [.. outcomes.Select(o => o.Subject.Weights)], cells), new([new(0, 100, 2, Draws, Draws, Draws)], 0.8),
            new(100, first.Short[0] / 255.0, first.Short[1], first.Short[2]));
    }

    private WholeOutcome Whole()
    {
        double law = LinearLaw.Lines(784).Median;
        RandomLines.Row Row(double adversarial, double length, double own) => new(adversarial, own, [length], [2 * length], []);
        SubspaceAt At(int divisor)
        {
            int m = 784 / divisor;
            double beta = LinearLaw.Beta(784, m).Mean;
            return new(divisor, m, [.. Enumerable.Range(0, 5).Select(_ => new SubspaceRobustness.Row(1, beta, [1], [Beta * beta]))]);
        }
        PathNumbers Path(int k) => new(k < Found ? PathStatus.Found : PathStatus.Depth, 0.02, 0, 0, 0, 1,
            k < Found ? Length : double.NaN, 0, 0, 1, 10, 0);
        return new(new([Row(1, Lines, law)], [Row(1, Signs * 30, 30)]), new([.. RobustSetting.Divisors.Select(At)]),
            new([new([2, 1], [2, 1], 3, 2, 3, 2, 0.5, 0.5)], 50,
                [new(1, Energy[0] / 2, Energy[1] / 2), new(10, Energy[0], Energy[1])], 1, 10, [Fooled[0]], [Fooled[1]]),
            new([new(PairKind.Natural, [.. Enumerable.Range(0, Pairs).Select(Path)])], null),
            new([new(0, 100, 2, Draws, Hits[0], Hits[0]), new(0, 100, 50, Draws, Hits[1], Hits[1])], double.NaN));
    }
}
