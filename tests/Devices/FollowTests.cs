using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Boundary;
using MiniGrad.Probes.Curvature;
using MiniGrad.Probes.Distances;
using MiniGrad.Probes.Regions;
using MiniGrad.Tests.Probes;
using Xunit;

namespace MiniGrad.Tests.Devices;

/// <summary>
/// Attacks and probes follow the device of the classifier: the images come from the host, whatever is made on the way lies
/// where they meet it, and what comes out is what the processor finds. Operands of two devices would throw.
/// </summary>
public class FollowTests
{
    private const double Tolerance = 1e-7;

    private static readonly AttackProblem Here = InDouble(AttackProblem.Random);

    private static Classifier On(Device device) => ClosedForm.TwoLayer(AttackProblem.Shape, 4, device: device);

    public static TheoryData<string> Attacks => [.. AttackCases.All.Select(c => c.Name)];

    [Theory, MemberData(nameof(Attacks))]
    public void AnAttackEndsAsOnTheProcessor(string name) => CheckAttack(name, Device.Reference);

    internal static void CheckAttack(string name, Device device)
    {
        Attack attack = AttackCases.Of(name).Attack;
        RunContext run = new() { Seed = 4, ChunkSize = 4, KeepPaths = 1 };
        AttackResult expected = Here.Run(attack, run);
        AttackResult found = (Here with { Classifier = On(device) }).Run(attack, run);
        AssertClose(expected.Output, found.Output);
        Assert.Equal(Device.Cpu, found.Output.Device);
        Assert.Equal(expected.Warnings, found.Warnings);
        Assert.Equal(expected.Examples.Length, found.Examples.Length);
        foreach ((ExampleResult a, ExampleResult b) in expected.Examples.Zip(found.Examples))
        {
            Assert.Equal((a.Index, a.Status, a.Success, a.Prediction, a.Iterations, a.Forwards, a.Gradients),
                (b.Index, b.Status, b.Success, b.Prediction, b.Iterations, b.Forwards, b.Gradients));
            Assert.Equal(a.Confidence, b.Confidence, Tolerance);
            Assert.Equal(a.DistanceL2, b.DistanceL2, Tolerance);
            Assert.Equal(a.Ssim, b.Ssim, Tolerance);
        }
        Assert.Equal(expected.Paths.Count, found.Paths.Count);
    }

    [Fact]
    public void AUniversalPerturbationIsThatOfTheProcessor() => CheckUniversal(Device.Reference);

    internal static void CheckUniversal(Device device)
    {
        UniversalResult Run(Classifier classifier) =>
            new UniversalPerturbation(Threat.Linf(0.2), Passes: 2)
                .Craft(classifier, Here.Images, Here.Labels, Here.Targets, Here.Labels, new() { Seed = 1 });
        (UniversalResult expected, UniversalResult found) = (Run(Here.Classifier), Run(On(device)));
        Assert.True(expected.Updates > 0);
        AssertClose(expected.Perturbation, found.Perturbation);
        Assert.Equal((expected.HeldOut, expected.Crafting, expected.Updates), (found.HeldOut, found.Crafting, found.Updates));
    }

    public static TheoryData<string> Curvatures =>
        ["hutchinson", "trace", "hutch++", "tangents", "full", "bases", "lanczos", "smoothed", "forward"];

    [Theory, MemberData(nameof(Curvatures))]
    public void CurvaturesAreThoseOfTheProcessor(string kind) => CheckCurvature(kind, Device.Reference);

    internal static void CheckCurvature(string kind, Device device)
    {
        BoundaryCurvature probe = kind switch
        {
            "hutchinson" => new() { Average = new Hutchinson(8) },
            "trace" => new() { Average = new ExactTrace() },
            "hutch++" => new() { Average = new HutchPlusPlus(9) },
            "tangents" => new() { Average = new RandomTangents(6) },
            "full" => new() { Full = new(ChunkSize: 7) },
            "bases" => new() { Full = new(MatrixDirections.Tangents) },
            "lanczos" => new() { Average = new Hutchinson(2), Extremes = new(Count: 1, Steps: 6) },
            "smoothed" => new() { Average = new Hutchinson(2), Hessian = new SmoothedHessian(Samples: 4) },
            _ => new() { Average = new Hutchinson(2), Hessian = HessianMethod.Forward() },
        };
        // Differences of a network with kinks bend; its exact second derivatives are zero.
        probe = probe with { Hessian = probe.Hessian ?? HessianMethod.Central() };
        AttackProblem few = Here.Take(0, 1);
        CurvatureResult[] expected = probe.Run(Here.Classifier, few.Images, run: new() { Seed = 2 });
        CurvatureResult[] found = probe.Run(On(device), few.Images, run: new() { Seed = 2 });
        foreach ((PairCurvature a, PairCurvature b) in expected.SelectMany(r => r.Pairs).Zip(found.SelectMany(r => r.Pairs)))
        {
            Assert.Equal((a.Competitor, a.IsSingular), (b.Competitor, b.IsSingular));
            Assert.Equal(a.Sum, b.Sum, Tolerance * Math.Max(1, Math.Abs(a.Sum)));
            AssertClose(a.Principal ?? [], b.Principal ?? []);
            AssertClose(a.Extremes?.Largest ?? [], b.Extremes?.Largest ?? []);
        }
        Assert.Contains(expected.SelectMany(r => r.Pairs), p => p.Sum != 0);
    }

    [Fact]
    public void OtherProbesFollowToo() => CheckProbes(Device.Reference);

    internal static void CheckProbes(Device device)
    {
        AttackProblem one = Here.Take(0);
        object[] Measure(Classifier classifier)
        {
            BoundaryPoint z = new BoundarySearch(Polish: 2).Decision(classifier, one.Images, one.Targets)!;
            LossCurvatureResult loss = new LossCurvature().Of(classifier, one.Images, one.Labels)[0];
            return
            [
                z.Competitor, z.Distance, z.Point.Device, loss.Loss, loss.Largest,
                LinearPath.Measure(classifier, one.Images, one.Targets, one.Labels[0]).Mean,
                TriangleHull.Measure(classifier, one.Images, one.Targets, one.Images * 0.5, one.Labels[0]).Mean,
            ];
        }
        foreach ((object a, object b) in Measure(Here.Classifier).Zip(Measure(On(device))))
        {
            if (a is double number) Assert.Equal(number, (double)b, Tolerance);
            else Assert.Equal(a, b);
        }
    }

    [Fact]
    public void LpipsMovesTheImagesToItsWeights() => CheckLpips(Device.Reference);

    internal static void CheckLpips(Device device)
    {
        Params p = Params.Fresh(5, DType.F64);
        LpipsFeatures features = new(LpipsNet.Squeeze, p, pad: false);
        Dictionary<string, Tensor> backbone = p.All.ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        Dictionary<string, Tensor> heads = Enumerable.Range(0, features.Channels.Count)
            .ToDictionary(l => $"lin{l}.model.1.weight", l => Ops.Full([1, features.Channels[l], 1, 1], 0.1));
        (Tensor a, Tensor b) = (ClosedForm.Images(1, [1, 17, 17], 1, DType.F64), ClosedForm.Images(1, [1, 17, 17], 2, DType.F64));
        double expected = Lpips.Load(LpipsNet.Squeeze, backbone, heads, DType.F64, pad: false).Of(a, b)[0];
        Lpips lpips = Lpips.Load(LpipsNet.Squeeze, backbone, heads, DType.F64, pad: false, device);
        Assert.Equal(expected, lpips.Of(a, b)[0], 1e-9);
        Assert.Equal(Ssim.Of(a, b)[0], Ssim.Of(a.To(device), b.To(device))[0], 1e-12);
    }

    private static AttackProblem InDouble(AttackProblem problem) =>
        problem with { Images = problem.Images.Cast(DType.F64), Targets = problem.Targets.Cast(DType.F64) };

    private static void AssertClose(Tensor a, Tensor b) => AssertClose(ClosedForm.Doubles(a), ClosedForm.Doubles(b));

    private static void AssertClose(double[] a, double[] b)
    {
        Assert.Equal(a.Length, b.Length);
        for (int i = 0; i < a.Length; i++) Assert.Equal(a[i], b[i], Tolerance * Math.Max(1, Math.Abs(a[i])));
    }
}
