using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.NullSpaces;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Attacks from words, and the hyper-parameters they refuse.</summary>
public class AttackBinderTests
{
    public static TheoryData<string, string, string, Attack> Options => new()
    {
        { "fgsm", "norm", "l2", new Fgsm(Threat.L2(0.3)) },
        { "fgsm", "epsilon", "0.031", new Fgsm(Threat.Linf(0.031)) },
        { "fgsm", "restarts", "3", new Fgsm(Threat.Linf(0.3)) { Restarts = 3 } },
        { "fgsm", "stop-at-success", "true", new Fgsm(Threat.Linf(0.3)) { StopAtSuccess = true } },
        { "pgd", "norm", "linf", new Pgd(Threat.Linf(0.3)) },
        { "pgd", "epsilon", "1e-2", new Pgd(Threat.Linf(0.01)) },
        { "pgd", "steps", "7", new Pgd(Threat.Linf(0.3), Steps: 7) },
        { "fgsm", "threat", "l1:12", new Fgsm(Threat.L1(12)) },
        { "fgsm", "loss", "dlr", new Fgsm(Threat.Linf(0.3)) { Loss = Loss.Dlr } },
        { "pgd", "threat", "linf:8/255", new Pgd(Threat.Linf(8.0 / 255)) },
        { "pgd", "loss", "margin", new Pgd(Threat.Linf(0.3)) { Loss = Loss.Margin } },
        { "pgd", "step-size", "0.25", new Pgd(Threat.Linf(0.3), StepSize: 0.25) },
        { "pgd", "random-start", "false", new Pgd(Threat.Linf(0.3), RandomStart: false) },
        { "pgd", "restarts", "10", new Pgd(Threat.Linf(0.3)) { Restarts = 10 } },
        { "pgd", "stop-at-success", "True", new Pgd(Threat.Linf(0.3)) { StopAtSuccess = true } },
        { "fgm-l2", "restarts", "2", new Fgsm(Threat.L2(0.5)) { Restarts = 2 } },
        { "bim", "steps", "4", new Bim(Threat.Linf(0.3), Steps: 4) },
        { "bim", "step-size", "0.1", new Bim(Threat.Linf(0.3), StepSize: 0.1) },
        { "apgd", "steps", "50", new Apgd(Threat.Linf(0.3), Steps: 50) },
        { "apgd", "loss", "dlr", new Apgd(Threat.Linf(0.3)) { Loss = Loss.Dlr } },
        { "apgd-t", "targets", "3", new ApgdTargeted(Threat.Linf(0.3), Targets: 3) },
        { "cw-l2", "iterations", "100", new CarliniWagnerL2(Iterations: 100) },
        { "cw-l2", "binary-steps", "5", new CarliniWagnerL2(BinarySteps: 5) },
        { "cw-l2", "first-weight", "0.1", new CarliniWagnerL2(FirstWeight: 0.1) },
        { "cw-l2", "confidence", "2", new CarliniWagnerL2(Confidence: 2) },
        { "cw-linf", "bound-factor", "0.98", new CarliniWagnerLinf(BoundFactor: 0.98) },
        { "cw-linf", "most-weight", "5", new CarliniWagnerLinf(MostWeight: 5) },
        { "lpa", "norm", "features", new Lpa(new FeatureBall(0.5)) },
        { "lpa", "epsilon", "0.2", new Lpa(new FeatureBall(0.2)) },
        { "lpa", "threat", "features:0.3,conv1,fc1", new Lpa(new FeatureBall(0.3, "conv1", "fc1")) },
        { "lpa", "threat", "lpips:0.05", new Lpa(new LpipsBall(null, 0.05)) },
        { "lpa", "rounds", "2", new Lpa(new FeatureBall(0.5), Rounds: 2) },
        { "lpa", "step-decay", "1", new Lpa(new FeatureBall(0.5), StepDecay: 1) },
        { "lpa", "projection", "bisection", new Lpa(new FeatureBall(0.5), Projection: PerceptualProjection.Bisection) },
        { "spatial-grid", "threat", "warp:30deg,3px,reflect", new SpatialGrid(new Warp(30, 3, Border.Reflect)) },
        { "spatial-grid", "angles", "5", new SpatialGrid(new Warp(30, 3), Angles: 5) },
        { "spatial-worst-of", "draws", "3", new SpatialWorstOf(new Warp(30, 3), Draws: 3) },
        { "spatial-first-order", "direction", "l2", new SpatialFirstOrder(new Warp(30, 3), Direction: FirstOrderDirection.L2) },
        { "spatial-combined", "grid", "true", new SpatialCombined(new WarpLinf(new(30, 3), 8.0 / 255), Grid: true) },
        { "spatial-combined", "threat", "warp-linf:5deg,1px,0.1,after", new SpatialCombined(new WarpLinf(new(5, 1), 0.1, IsAfter: true)) },
        { "fast-lpa", "steps", "10", new FastLpa(new FeatureBall(0.5), Steps: 10) },
        { "fast-lpa", "margin-cap", "2", new FastLpa(new FeatureBall(0.5), MarginCap: 2) },
        { "ppgd", "cg-iterations", "9", new Ppgd(new FeatureBall(0.5), CgIterations: 9) },
        { "ppgd", "cg-tolerance", "0", new Ppgd(new FeatureBall(0.5), CgTolerance: 0) },
        { "fab", "threat", "l1:12", new Fab(Threat.L1(12)) },
        { "fab", "steps", "20", new Fab(Threat.Linf(0.3), Steps: 20) },
        { "fab", "targets", "9", new Fab(Threat.Linf(0.3), Targets: 9) },
        { "fab", "overshoot", "0", new Fab(Threat.Linf(0.3), Overshoot: 0) },
        { "fab", "most-pull", "0.2", new Fab(Threat.Linf(0.3), MostPull: 0.2) },
        { "fab", "back", "0.5", new Fab(Threat.Linf(0.3), Back: 0.5) },
        { "fab", "refine", "false", new Fab(Threat.Linf(0.3), Refine: false) },
        { "square", "queries", "100", new SquareAttack(Threat.Linf(0.3), Queries: 100) },
        { "square", "share", "0.3", new SquareAttack(Threat.Linf(0.3), Share: 0.3) },
        { "square", "rescale", "true", new SquareAttack(Threat.Linf(0.3), Rescale: true) },
        { "square", "stop-at-success", "false", new SquareAttack(Threat.Linf(0.3)) { StopAtSuccess = false } },
        { "noise-sign", "draws", "3", new SignNoise(Threat.Linf(0.3), Draws: 3) },
        { "noise-gaussian", "norm", "l2", new GaussianNoise(Threat.L2(0.3)) },
        { "boundary-walk", "iterations", "50", new BoundaryWalk(Iterations: 50) },
        { "boundary-walk", "spherical-step", "0.1", new BoundaryWalk(SphericalStep: 0.1) },
        { "boundary-walk", "source-step", "0.1", new BoundaryWalk(SourceStep: 0.1) },
        { "boundary-walk", "adaptation", "2", new BoundaryWalk(Adaptation: 2) },
        { "boundary-walk", "start-draws", "7", new BoundaryWalk(StartDraws: 7) },
        { "deepfool", "norm", "linf", new DeepFool(PerturbationNorm.Linf) },
        { "deepfool", "iterations", "7", new DeepFool(Iterations: 7) },
        { "deepfool", "overshoot", "0.1", new DeepFool(Overshoot: 0.1) },
        { "deepfool", "candidates", "3", new DeepFool(Candidates: 3) },
        { "deepfool", "clip", "true", new DeepFool(Clip: true) },
        { "deepfool", "refine", "false", new DeepFool(Refine: false) },
        { "lst", "iterations", "12", new Lst(Iterations: 12) },
        { "lst", "step-size", "0.05", new Lst(StepSize: 0.05) },
        { "lst", "parallel-step", "0", new Lst(ParallelStep: 0) },
        { "lst", "confidence-drop", "0.05", new Lst(ConfidenceDrop: 0.05) },
        { "lst", "start-noise", "0", new Lst(StartNoise: 0) },
        { "lst", "projection", "half-space", new Lst(Projection: Projection.HalfSpace) },
        { "lst", "on-violation", "Stop", new Lst(OnViolation: OnViolation.Stop) },
        { "lst", "success-rmse", "0.1", new Lst { SuccessRmse = 0.1 } },
        { "lst", "adaptive", "true", new Lst { Adaptive = true } },
        { "nspgd", "mode", "normalized", new Nspgd(StepMode.Normalized) },
        { "nspgd", "step-size", "0.01", new Nspgd(StepSize: 0.01) },
        { "nspgd", "iterations", "5", new Nspgd(Iterations: 5) },
        { "nspgd", "confidence-drop", "0.2", new Nspgd(ConfidenceDrop: 0.2) },
        { "nspgd", "projection", "orthogonal", new Nspgd(Projection: Projection.Orthogonal) },
        { "nspgd", "clamp-each-step", "false", new Nspgd(ClampEachStep: false) },
        { "nspgd", "certify-spacing", "0.5", new Nspgd(CertifySpacing: 0.5) },
        { "nspgd", "success-rmse", "0.02", new Nspgd { SuccessRmse = 0.02 } },
        { "nspgd", "start-at", "logit-space", new Nspgd { StartAt = new() } },
        { "logit-space", "objective", "escape", new LogitSpace(LogitObjective.Escape) },
        { "logit-space", "softmax-weight", "0", new LogitSpace(SoftmaxWeight: 0) },
        { "logit-space", "shift", "0.1", new LogitSpace(Shift: 0.1) },
        { "logit-space", "variation-weight", "10", new LogitSpace(VariationWeight: 10) },
        { "logit-space", "step-size", "0.02", new LogitSpace(StepSize: 0.02) },
        { "logit-space", "iterations", "30", new LogitSpace(Iterations: 30) },
        { "logit-space", "from", "target", new LogitSpace(From: LogitStart.Target) },
        { "logit-space", "confidence-drop", "0.1", new LogitSpace(ConfidenceDrop: 0.1) },
        { "logit-space", "success-rmse", "0.1", new LogitSpace { SuccessRmse = 0.1 } },
    };

    public static TheoryData<string, string, string, string> Refusals => new()
    {
        { "pgd", "threat", "l3:1", "there is no \"l3\"; did you mean" },
        { "pgd", "threat", "linf", "threat: linf lacks its size. Write linf:VALUE" },
        { "pgd", "threat", "linf:eight", "linf: \"eight\" is not a number. Write 0.03, or 8/255." },
        { "pgd", "loss", "marge", "there is no \"marge\"; did you mean \"margin\"? Known: confidence, cross-entropy, dlr, " },
        { "pgd", "step", "4", "pgd: there is no option --step; did you mean --steps? Known: --norm, --epsilon, --steps" },
        { "pgd", "iteration", "4", "pgd: there is no option --iteration" },
        { "pgd", "steps", "four", "pgd: --steps four is not a whole number." },
        { "pgd", "steps", "4.5", "pgd: --steps 4.5 is not a whole number." },
        { "pgd", "steps", "99999999999", "pgd: --steps 99999999999 is not a whole number." },
        { "pgd", "epsilon", "8/255", "pgd: --epsilon 8/255 is not a number." },
        { "pgd", "epsilon", "0,05", "pgd: --epsilon 0,05 is not a number." },
        { "pgd", "epsilon", "", "pgd: --epsilon  is not a number." },
        { "pgd", "epsilon", "-0.1", "ball: radius -0.1" },
        { "pgd", "epsilon", "NaN", "ball: radius NaN" },
        { "pgd", "norm", "l3", "pgd: --norm l3 is not known. Use linf or l2." },
        { "pgd", "random-start", "yes", "pgd: --random-start yes is not true or false." },
        { "pgd", "steps", "0", "pgd: 0 steps" },
        { "pgd", "restarts", "0", "0 restarts" },
        { "bim", "steps", "0", "bim: 0 steps" },
        { "bim", "step-size", "0", "bim: step size 0" },
        { "apgd", "steps", "0", "apgd: 0 steps" },
        { "apgd", "threat", "l1:12", "apgd: it knows L-infinity and L2, not L1(12). Write --threat linf:0.3 or l2:2, or use pgd." },
        { "apgd-t", "targets", "0", "apgd-t: 0 targets" },
        { "cw-l2", "iterations", "0", "cw-l2: 0 iterations" },
        { "cw-l2", "binary-steps", "0", "cw-l2: 0 binary steps" },
        { "cw-l2", "step-size", "-1", "cw-l2: step size -1" },
        { "cw-l2", "first-weight", "0", "cw-l2: weight 0" },
        { "cw-l2", "confidence", "-1", "cw-l2: confidence -1" },
        { "cw-l2", "norm", "linf", "cw-l2: there is no option --norm" },
        { "cw-l2", "clip", "false", "cw-l2: there is no option --clip" },
        { "cw-linf", "bound-factor", "1", "cw-linf: the bound shrinks by 1" },
        { "cw-linf", "most-weight", "0", "cw-linf: weights from 1E-05 to 0" },
        { "lpa", "norm", "linf", "lpa: Linf(0.5) is no perceptual distance. Use one such as --threat features:0.5" },
        { "lpa", "threat", "features:half", "features: \"half\" is not a number." },
        { "ppgd", "projection", "none", "ppgd: --projection none is not known. Use newton or bisection." },
        { "fab", "threat", "l0:3", "fab: L0(3) is no ball of L-infinity, L2 or L1" },
        { "fab", "steps", "0", "fab: 0 steps" },
        { "fab", "targets", "-1", "fab: -1 targets" },
        { "fab", "overshoot", "-1", "fab: overshoot -1" },
        { "fab", "most-pull", "2", "fab: a pull of 2" },
        { "fab", "back", "NaN", "fab: a way back to NaN" },
        { "square", "threat", "l1:12", "square: L1(12) is no ball of L-infinity or L2" },
        { "square", "queries", "0", "square: 0 queries" },
        { "square", "share", "0", "square: a share 0" },
        { "noise-sign", "draws", "0", "noise-sign: 0 draws" },
        { "noise-sign", "threat", "warp:30deg,3px", "noise-sign: Warp" },
        { "noise-gaussian", "draws", "0", "noise-gaussian: 0 draws" },
        { "noise-gaussian", "threat", "l0:3", "noise-gaussian: L0(3) is no ball" },
        { "boundary-walk", "clip", "false", "boundary-walk: there is no option --clip" },
        { "boundary-walk", "iterations", "0", "boundary-walk: 0 iterations" },
        { "boundary-walk", "source-step", "1", "boundary-walk: step 1 is outside (0, 1)" },
        { "boundary-walk", "adaptation", "1", "boundary-walk: adaptation 1" },
        { "boundary-walk", "start-draws", "0", "boundary-walk: 0 draws" },
        { "deepfool", "norm", "l3", "deepfool: --norm l3 is not known" },
        { "deepfool", "iterations", "0", "deepfool: 0 iterations" },
        { "deepfool", "overshoot", "-0.5", "deepfool: overshoot -0.5" },
        { "deepfool", "candidates", "1", "deepfool: 1 candidates" },
        { "deepfool", "epsilon", "0.3", "deepfool: there is no option --epsilon" },
        { "lst", "projection", "both", "lst: --projection both is not known. Use orthogonal or half-space." },
        { "lst", "projection", "1", "lst: --projection 1 is not known." },
        { "lst", "on-violation", "wait", "lst: --on-violation wait is not known. Use hold or stop." },
        { "lst", "step-size", "2", "lst: step size 2" },
        { "nspgd", "mode", "fixed", "nspgd: --mode fixed is not known. Use relative or normalized." },
        { "nspgd", "confidence-drop", "0", "nspgd: confidence drop 0" },
        { "nspgd", "start-at", "lgit-space", "there is no \"lgit-space\"; did you mean \"logit-space\"?" },
        { "nspgd", "start-at", "pgd", "nspgd: --start-at pgd does not fit. Use logit-space." },
        { "nspgd", "start-at", "logit-space:target", "nspgd: --start-at: \"target\" is no option=value. Write logit-space:option=value" },
        { "nspgd", "start-at", "logit-space:steps=4", "logit-space: there is no option --steps" },
        { "nspgd", "start-at", "logit-space:iterations=0", "logit-space: 0 iterations" },
        { "logit-space", "objective", "mach", "logit-space: --objective mach is not known; did you mean match?" },
    };

    public static TheoryData<Func<Attack>, string> Wrong => new()
    {
        { () => new Fgsm(Threat.Linf(-1)), "-1" },
        { () => new Fgsm(Threat.L2(double.NaN)), "NaN" },
        { () => new Fgsm(Threat.L2(double.PositiveInfinity)), "∞" },
        { () => new Fgsm(new Linf(-0.25)), "-0.25" },
        { () => new Fgsm(new L2(0.5) with { Radius = -0.5 }), "-0.5" },
        { () => new Fgsm(Threat.Linf(0.1)) { Restarts = 0 }, "0 restarts" },
        { () => new Pgd(Threat.Linf(0.1), Steps: 0), "0 steps" },
        { () => new Pgd(Threat.Linf(0.1), StepSize: 0), "step size 0" },
        { () => new Pgd(Threat.Linf(0.1), StepSize: -2), "step size -2" },
        { () => new Pgd(Threat.Linf(0.1), StepSize: double.NaN), "step size NaN" },
        { () => new Pgd(Threat.Linf(0.1), StepSize: double.PositiveInfinity), "step size ∞" },
        { () => new Lst(Iterations: -1), "-1 iterations" },
        { () => new Lst(StepSize: 0), "step size 0" },
        { () => new Lst(StepSize: 1.5), "step size 1.5" },
        { () => new Lst(ParallelStep: -0.1), "parallel step -0.1" },
        { () => new Lst(ParallelStep: double.PositiveInfinity), "parallel step ∞" },
        { () => new Lst(ConfidenceDrop: 0), "confidence drop 0" },
        { () => new Lst(ConfidenceDrop: 1.1), "confidence drop 1.1" },
        { () => new Lst(StartNoise: -1), "start noise -1" },
        { () => new Lst(StartNoise: double.PositiveInfinity), "start noise ∞" },
        { () => new Lst { SuccessRmse = 0 }, "success threshold 0" },
        { () => new Nspgd(StepSize: 1.5), "relative step 1.5" },
        { () => new Nspgd(StepMode.Normalized, StepSize: 0), "step length 0" },
        { () => new Nspgd(StepMode.Normalized, StepSize: double.PositiveInfinity), "step length ∞" },
        { () => new Nspgd(Iterations: 0), "0 iterations" },
        { () => new Nspgd(ConfidenceDrop: 0), "confidence drop 0" },
        { () => new Nspgd(ConfidenceDrop: 1), "confidence drop 1" },
        { () => new Nspgd(CertifySpacing: 0), "certificate spacing 0" },
        { () => new Nspgd(CertifySpacing: double.NaN), "certificate spacing NaN" },
        { () => new Nspgd { SuccessRmse = -1 }, "success threshold -1" },
        { () => new Nspgd { StartAt = new(StepSize: 0) }, "logit-space: step size 0" },
        { () => new LogitSpace(SoftmaxWeight: -1), "softmax weight -1" },
        { () => new LogitSpace(VariationWeight: double.NaN), "variation weight NaN" },
        { () => new LogitSpace(Shift: double.PositiveInfinity), "shift ∞" },
        { () => new LogitSpace(StepSize: -0.5), "step size -0.5" },
        { () => new LogitSpace(Iterations: 0), "0 iterations" },
        { () => new LogitSpace(ConfidenceDrop: 0), "confidence drop 0" },
        { () => new LogitSpace(ConfidenceDrop: 1), "confidence drop 1" },
        { () => new LogitSpace { SuccessRmse = 0 }, "success threshold 0" },
    };

    public static TheoryData<RunContext, string> WrongRuns => new()
    {
        { new RunContext { ChunkSize = 0 }, "chunk" },
        { new RunContext { PathEvery = 0, KeepPaths = 1 }, "path" },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void EachOptionHasItsName(string entry, string name, string text, Attack expected) =>
        Assert.Equal(expected, AttackBinder.Bind(AttackCatalog.Find(entry), new Dictionary<string, string> { [name] = text }));

    [Fact]
    public void AnAttackWithinAnotherHasItsOwnOptions()
    {
        Attack bound = AttackBinder.Bind(AttackCatalog.Find("nspgd"),
            new Dictionary<string, string> { ["start-at"] = "logit-space:from=target,iterations=50,shift=-0.5", ["iterations"] = "7" });
        Assert.Equal(new Nspgd(Iterations: 7) { StartAt = new(Shift: -0.5, Iterations: 50, From: LogitStart.Target) }, bound);
    }

    [Fact]
    public void NoOptionIsMissingAbove()
    {
        foreach (string entry in (string[])["fgsm", "pgd", "lst", "nspgd", "logit-space"])
        {
            string[] tested =
                [.. Options.Select(row => ((string)row[0], (string)row[1])).Where(row => row.Item1 == entry).Select(row => row.Item2)];
            string[] offered = [.. AttackBinder.Parameters(AttackCatalog.Find(entry)).Select(p => p.Name)];
            Assert.Equal(offered.Order(), tested.Order());
        }
    }

    [Fact]
    public void ParametersShowTheirDefaults()
    {
        IReadOnlyList<AttackParameter> pgd = AttackBinder.Parameters(AttackCatalog.Find("pgd"));
        Assert.Equal(new AttackParameter("epsilon", typeof(double), 0.3), pgd[1]);
        Assert.Contains(new AttackParameter("steps", typeof(int), 40), pgd);
        Assert.Contains(new AttackParameter("step-size", typeof(double), null), pgd);
        Assert.Contains(new AttackParameter("confidence-drop", typeof(double), 0.2), AttackBinder.Parameters(AttackCatalog.Find("lst")));
    }

    [Fact]
    public void WithoutOptionsTheDefaultsHold()
    {
        Assert.Equal(new Pgd(Threat.Linf(0.3)), AttackBinder.Bind(AttackCatalog.Find("pgd"), new Dictionary<string, string>()));
        Assert.Equal(new Lst(), AttackBinder.Bind(AttackCatalog.Find("lst"), new Dictionary<string, string>()));
        Assert.Equal(new Nspgd(), AttackBinder.Bind(AttackCatalog.Find("nspgd"), new Dictionary<string, string>()));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void AWrongWordIsExplained(string entry, string name, string text, string message)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => AttackBinder.Bind(
            AttackCatalog.Find(entry), new Dictionary<string, string> { [name] = text }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void AWrongHyperParameterIsNamed(Func<Attack> make, string value)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => AttackProblem.Random.Run(make()));
        Assert.Contains(value, error.Message.Replace("Infinity", "∞", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WrongRuns))]
    public void AWrongRunIsNamed(RunContext run, string value)
    {
        foreach (Attack attack in (Attack[])[new Fgsm(Threat.Linf(0.1)), new Lst(Iterations: 1)])
        {
            Assert.Contains(value, Assert.ThrowsAny<ArgumentException>(() => AttackProblem.Random.Run(attack, run)).Message,
                StringComparison.OrdinalIgnoreCase);
        }
    }
}
