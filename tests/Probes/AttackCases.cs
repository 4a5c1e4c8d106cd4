using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Tests.Probes;

/// <summary>An attack to put through what must hold for all: the name of its catalogue row and its hyper-parameters.</summary>
public sealed record AttackCase(string Entry, Attack Attack)
{
    public string Name => Attack.ToString();

    /// <summary>Whether its results depend on the number of an example in its run.</summary>
    public bool IsRandom => Attack switch
    {
        Pgd pgd => pgd.RandomStart,
        Lst lst => lst.StartNoise > 0,
        Msd msd => msd.FewestPixels < msd.MostPixels,
        DivergencePgd pgd => pgd.Noise > 0,
        PgdConf pgd => pgd.StartAt != ConfidenceStart.Zero && (pgd.StartAt != ConfidenceStart.ZeroFirst || pgd.Restarts > 1),
        LogitSpace search => search.From == LogitStart.SourceNoise,
        SpatialCombined combined => !combined.Grid,
        SpatialFirstOrder first => first.RandomStart,
        SquareAttack or BoundaryWalk or SignNoise or GaussianNoise => true,
        _ => Attack is AutoPgd or Noise or SpatialRandom or SpatialWorstOf or UniversalPerturbation or Lpa or FastLpa or Ppgd,
    };
}

/// <summary>
/// What users write: an attack of their own. Each step moves every pixel towards mid-grey by a share of the radius.
/// </summary>
public sealed record Fade(Threat Within, double Share = 0.25) : BallAttack<PointState>(Within)
{
    protected override int Iterations => 4;

    public override void Check()
    {
        base.Check();
        if (!(Share is > 0 and <= 1)) throw new ArgumentOutOfRangeException(null, $"fade: share {Share} is outside (0, 1].");
    }

    protected override PointState Start(SearchRows rows) => new(rows.Images);

    protected override PointState Step(SearchRows rows, PointState state) =>
        new(rows.Project(state.Point + (0.5 - state.Point).Sign() * (Share * Within.Radius)));
}

/// <summary>Images, targets and labels for a classifier: every image is labelled as it is predicted, except <see cref="Wrong"/>.</summary>
internal sealed record AttackProblem(Classifier Classifier, Tensor Images, Tensor Targets, int[] Labels)
{
    public const int Wrong = 3;

    public static readonly Shape Shape = [1, 6, 6];

    public static readonly AttackProblem Random = Make(ClosedForm.TwoLayer(Shape, 4), 7);

    public int Count => Labels.Length;

    /// <summary>Uniform images, each with the next one of another class as its target.</summary>
    public static AttackProblem Make(Classifier classifier, int count, long seed = 3)
    {
        Tensor pool = ClosedForm.Images(3 * count, classifier.InputShape, seed, low: 0.1, high: 0.9);
        int[] classes = Logits.Prediction(classifier.Logits(pool));
        int[] targets = [.. Enumerable.Range(0, count)
            .Select(i => Enumerable.Range(i, classes.Length).Select(k => k % classes.Length).First(k => classes[k] != classes[i]))];
        int[] labels = classes[..count];
        labels[Wrong] = (labels[Wrong] + 1) % classifier.ClassCount;
        return new(classifier, pool.TakeIndices(0, [.. Enumerable.Range(0, count)]), pool.TakeIndices(0, targets), labels);
    }

    public AttackProblem Take(params int[] rows) => this with
    {
        Images = Images.TakeIndices(0, rows),
        Targets = Targets.TakeIndices(0, rows),
        Labels = Array.ConvertAll(rows, row => Labels[row]),
    };

    public AttackResult Run(Attack attack, RunContext? run = null) => attack.Run(Classifier, Examples(attack), run);

    /// <summary>What the attack needs of the problem.</summary>
    public Examples Examples(Attack attack) => new(Images, Labels)
    {
        Targets = attack.Needs() == AttackNeeds.Pairs ? Targets : null,
        Crafting = attack.Needs() == AttackNeeds.Crafting ? Crafting : null,
    };

    /// <summary>Other images; their labels matter for error rates only.</summary>
    private Examples Crafting => new(ClosedForm.Images(2, Classifier.InputShape, 5, low: 0.1, high: 0.9), new int[2]);
}

/// <summary>The attacks that are put through what must hold for all: at least one of every catalogue row.</summary>
internal static class AttackCases
{
    public static readonly AttackCase[] All =
    [
        new("fgsm", new Fgsm(Threat.Linf(0.05))),
        new("fgsm", new Fgsm(Threat.L2(0.4))),
        new("pgd", new Pgd(Threat.Linf(0.05), Steps: 8)),
        new("pgd", new Pgd(Threat.Linf(0.03), Steps: 5, StepSize: 0.01, RandomStart: false)),
        new("pgd", new Pgd(Threat.L2(0.3), Steps: 6) { Restarts = 3, StopAtSuccess = true }),
        new("pgd", new Pgd(Threat.Linf(0.05), Steps: 6, RandomStart: false) { Loss = Loss.Margin }),
        new("pgd", new Pgd(Threat.L1(1.5), Steps: 8)),
        new("pgd", new Pgd(Threat.L0(4), Steps: 8)),
        new("pgd", new Pgd(new UnionThreat(Threat.Linf(0.03), Threat.L2(0.3), Threat.L1(1.5)), Steps: 6)),
        new("pgd", new Pgd(new Warp(20, 1), Steps: 6)),
        new("fgm-l2", new Fgsm(Threat.L2(0.5))),
        new("bim", new Bim(Threat.Linf(0.05), Steps: 6)),
        new("bim", new Bim(Threat.L2(0.4), Steps: 4, StepSize: 0.2)),
        new("apgd", new Apgd(Threat.Linf(0.05), Steps: 12)),
        new("apgd", new Apgd(Threat.L2(0.3), Steps: 8) { Loss = Loss.Margin, Restarts = 2, StopAtSuccess = true }),
        new("apgd-t", new ApgdTargeted(Threat.Linf(0.05), Steps: 8)),
        new("apgd-t", new ApgdTargeted(Threat.L2(0.3), Steps: 6, Targets: 2) { Restarts = 2, StopAtSuccess = true }),
        new("mi-fgsm", new MiFgsm(Threat.Linf(0.05), Steps: 6)),
        new("mi-fgsm", new MiFgsm(Threat.L2(0.4), Steps: 4, Decay: 0.5) { StopAtSuccess = true }),
        new("msd", new Msd(new UnionThreat(Threat.Linf(0.05), Threat.L2(0.4), Threat.L1(2)), Steps: 5)),
        new("msd", new Msd(Threat.L1(2), Steps: 4, L1Step: 0.6, FewestPixels: 2, MostPixels: 2, ExcludeBoundary: false)),
        new("pgd-conf", new PgdConf(Threat.Linf(0.05), Steps: 8, StepSize: 0.01)),
        new("pgd-conf", new PgdConf(Threat.L2(0.4), Steps: 6, StepSize: 0.1, Shrink: 1.5, StartAt: ConfidenceStart.Any)
        {
            Restarts = 2,
            Loss = Loss.CrossEntropy,
        }),
        new("pgd-conf", new PgdConf(Threat.Linf(0.05), Steps: 5, StepSize: 0.02, Momentum: 0, Backtrack: false,
            StartAt: ConfidenceStart.Gaussian)),
        new("pgd-kl", new DivergencePgd(Threat.Linf(0.05), Steps: 6)),
        new("pgd-kl", new DivergencePgd(Threat.L2(0.4), Steps: 5, StepSize: 0.1, Noise: 0.01)),
        new("lpa", new Lpa(Curved(0.4), Steps: 4, Rounds: 3)),
        new("lpa", new Lpa(Curved(0.2), Steps: 3, Rounds: 2, StepDecay: 1, Projection: PerceptualProjection.Bisection) { Restarts = 2 }),
        new("fast-lpa", new FastLpa(Curved(0.4), Steps: 5)),
        new("fast-lpa", new FastLpa(Curved(0.2), Steps: 3, Projection: PerceptualProjection.Newton) { Loss = Loss.CrossEntropy }),
        new("ppgd", new Ppgd(Curved(0.4), Steps: 4)),
        new("ppgd", new Ppgd(Curved(0.2), Steps: 3, Projection: PerceptualProjection.Bisection) { StopAtSuccess = true }),
        new("spatial-random", new SpatialRandom(new Warp(30, 1))),
        new("spatial-worst-of", new SpatialWorstOf(new Warp(30, 1), Draws: 5)),
        new("spatial-worst-of", new SpatialWorstOf(new WarpLinf(new(30, 1), 0.03), Draws: 2) { StopAtSuccess = true }),
        new("spatial-grid", new SpatialGrid(new Warp(30, 1), Angles: 7, Shifts: 3)),
        new("spatial-grid", new SpatialGrid(new Warp(40, 0, Border.Reflect), Angles: 13, Shifts: 1) { StopAtSuccess = false }),
        new("spatial-first-order", new SpatialFirstOrder(new Warp(30, 1), Steps: 8)),
        new("spatial-first-order", new SpatialFirstOrder(new Warp(30, 1), Steps: 5, Direction: FirstOrderDirection.L2, RandomStart: false)),
        new("spatial-first-order", new SpatialFirstOrder(new WarpLinf(new(30, 1), 0.05, IsAfter: true), Steps: 4, Scaled: true)),
        new("spatial-combined", new SpatialCombined(new WarpLinf(new(30, 1), 0.05), Draws: 3, Steps: 3)),
        new("spatial-combined",
            new SpatialCombined(new WarpLinf(new(30, 1), 0.05, IsAfter: true), Steps: 2, Grid: true, Angles: 3, Shifts: 3)),
        new("noise", new Noise(Threat.L2(0.5), Draws: 3)),
        new("noise-sign", new SignNoise(Threat.Linf(0.05), Draws: 3)),
        new("noise-sign", new SignNoise(Threat.L1(3), Draws: 2) { StopAtSuccess = true }),
        new("noise-gaussian", new GaussianNoise(Threat.L2(0.5), Draws: 3)),
        new("noise-gaussian", new GaussianNoise(Threat.Linf(0.1), Draws: 2)),
        new("fab", new Fab(Threat.L2(0.4), Steps: 6)),
        new("fab", new Fab(Threat.Linf(0.05), Steps: 4, Targets: 9, Refine: false) { StopAtSuccess = true }),
        new("fab", new Fab(Threat.L1(1.5), Steps: 5, Targets: 2) { Restarts = 1 }),
        new("square", new SquareAttack(Threat.Linf(0.05), Queries: 15)),
        new("square", new SquareAttack(Threat.L2(0.4), Queries: 12, Rescale: true) { StopAtSuccess = false }),
        new("boundary-walk", new BoundaryWalk(Iterations: 15, StartDraws: 30)),
        new("universal", new UniversalPerturbation(Threat.L2(0.4), Passes: 1)),
        new("deepfool", new DeepFool()),
        new("deepfool", new DeepFool(PerturbationNorm.Linf, Clip: true)),
        new("deepfool", new DeepFool(Iterations: 1, Overshoot: 0.001, Candidates: 3, Refine: false)),
        new("cw-l2", new CarliniWagnerL2(Iterations: 30, BinarySteps: 4, StepSize: 0.05, FirstWeight: 0.1)),
        new("cw-linf", new CarliniWagnerLinf(Iterations: 30, StepSize: 0.05, FirstWeight: 0.05, MostWeight: 2, BoundFactor: 0.7)),
        new("lst", new Lst(Iterations: 12, StepSize: 0.1)),
        new("lst", new Lst(Iterations: 12, StepSize: 0.2, ConfidenceDrop: 0.05,
            StartNoise: 0, Projection: Projection.HalfSpace, OnViolation: OnViolation.Stop)),
        new("lst", new Lst(Iterations: 15, StepSize: 0.08, ConfidenceDrop: 0.02) { Adaptive = true }),
        new("nspgd", new Nspgd(Iterations: 12)),
        new("nspgd", new Nspgd(StepMode.Normalized, StepSize: 0.2, ClampEachStep: false, CertifySpacing: 0.07)),
        new("nspgd", new Nspgd(Iterations: 8, CertifySpacing: 0.2)
        {
            StartAt = new(Iterations: 12, StepSize: 0.05, From: LogitStart.Target),
        }),
        new("logit-space", new LogitSpace(Iterations: 6, StepSize: 0.05)),
        new("logit-space", new LogitSpace(LogitObjective.Escape, Shift: 0.1, VariationWeight: 0, Iterations: 6, From: LogitStart.Target)),
        new("logit-space", new LogitSpace(LogitObjective.Released, StepSize: 0.05, Iterations: 6, From: LogitStart.Target)),
        new("fade", new Fade(Threat.Linf(0.2))),
    ];

    /// <summary>A distance whose embedding bends: the hyperbolic tangent of random mixtures of the pixels.</summary>
    private static FeatureBall Curved(double radius) => FeatureBall.Of("tanh", Embed, radius);

    // Pixel by pixel, so that it needs no memory of its own where that is scarce.
    private static Tensor Embed(Tensor images) => ((images.Flatten() - 0.5) * 2).Tanh();

    public static AttackCase Of(string name) => All.Single(c => c.Name == name);
}
