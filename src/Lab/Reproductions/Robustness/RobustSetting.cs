using MiniGrad.Data;
using MiniGrad.Lab.Robustness;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Reproductions;

/// <summary>Attacks within one radius, from the weakest to the strongest.</summary>
internal enum RobustRung
{
    Natural,
    Fgsm,
    Pgd,
    PgdRestarts,
    Apgd,
    ApgdTargeted,
    Suite,
}

/// <summary>Everything that the parts of the study stand on.</summary>
/// <param name="DataSet">The data set as typed.</param>
/// <param name="Data">The test images.</param>
/// <param name="Subjects">The networks, the standard one first.</param>
/// <param name="Seed">Of all random numbers.</param>
internal sealed record RobustSetting(string DataSet, ImageDataSet Data, IReadOnlyList<RobustSubject> Subjects, long Seed)
{
    /// <summary>Steps of PGD.</summary>
    public const int Steps = 40;

    /// <summary>Starts of PGD with restarts.</summary>
    public const int Restarts = 10;

    /// <summary>The survey's radius for MNIST, and the steps that cannot use it.</summary>
    public const double SurveyRadius = 50.0 / 255;

    /// <summary>m is the number of pixels over each of these; over 1 the subspace is everything.</summary>
    public static readonly int[] Divisors = [4, 16, 36, 64, 100];

    /// <summary>Images in a mixture.</summary>
    public static readonly int[] Sizes = [2, 3, 5, 10, 20, 50];

    /// <summary>The radius of attacks in L∞, as the command names threats.</summary>
    public string Threat => DataSet switch { "cifar-10" => "linf:8/255", "fashion" => "linf:16/255", _ => "linf:0.3" };

    /// <summary>Radii of universal perturbations in L∞: that of the paper, and a larger one where it moves little.</summary>
    public double[] Radii => DataSet switch { "cifar-10" => [10.0 / 255], "fashion" => [10.0 / 255, 0.1], _ => [10.0 / 255, 0.2] };

    /// <summary>How many numbers an image has.</summary>
    public int Size => Data.Channels * Data.Height * Data.Width;

    /// <summary>The first images in double precision.</summary>
    public Tensor Images(int count) => Data.Images(0, count).Cast(DType.F64);

    /// <summary>The attack of a rung; none where no attack or several are run.</summary>
    public Attack? Attack(RobustRung rung, RobustPreset preset) => rung switch
    {
        RobustRung.Fgsm => new Fgsm(ThreatCatalog.Parse(Threat)),
        RobustRung.Pgd => Pgd with { StopAtSuccess = true },
        RobustRung.PgdRestarts => Pgd with { StopAtSuccess = true, Restarts = Restarts },
        RobustRung.Apgd => Stopped(Members(preset)[0].Attack),
        RobustRung.ApgdTargeted => Stopped(Members(preset)[1].Attack),
        _ => null,
    };

    /// <summary>The attacks of the suite, in order; the first two are rungs of their own.</summary>
    public IReadOnlyList<NamedAttack> Members(RobustPreset preset) =>
        [.. AttackSuite.Of(Threat, SuiteVersion.Standard, Subjects[0].Classifier.ClassCount).Select(member =>
            member.Attack is SquareAttack square ? member with { Attack = square with { Queries = preset.Queries } } : member)];

    /// <summary>For readers.</summary>
    public static string TitleOf(RobustRung rung) => rung switch
    {
        RobustRung.Natural => "natural",
        RobustRung.Fgsm => "FGSM",
        RobustRung.Pgd => $"PGD-{Steps}",
        RobustRung.PgdRestarts => $"PGD-{Steps}, {Restarts} starts",
        RobustRung.Apgd => "APGD-CE",
        RobustRung.ApgdTargeted => "APGD-T",
        _ => "suite",
    };

    /// <summary>How many images a rung is measured on, the first ones.</summary>
    public static int Count(RobustRung rung, RobustPreset preset) => rung == RobustRung.Suite ? preset.Suite : preset.Ladder;

    private Pgd Pgd => new(ThreatCatalog.Parse(Threat), Steps);

    private static Attack Stopped(Attack attack) => attack is BallAttack ball ? ball with { StopAtSuccess = true } : attack;
}
