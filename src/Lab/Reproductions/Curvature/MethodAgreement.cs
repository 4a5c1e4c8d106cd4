using MiniGrad.Probes.Boundary;
using MiniGrad.Probes.Curvature;

namespace MiniGrad.Lab.Reproductions;

/// <summary>κ̄ of the same pairs by exact derivatives and by differences, on a smooth network; and how each depends on the step.</summary>
/// <param name="Exact">κ̄ of every pair of every image.</param>
/// <param name="Differences">The same by each method of differences.</param>
internal sealed record MethodAgreement(double[] Exact, IReadOnlyList<(string Name, double[] Values)> Differences)
{
    /// <summary>The step of the first method.</summary>
    public const double SmallestStep = 1e-3;

    private static readonly (string Name, HessianMethod Method)[] Methods =
    [
        ("central, h = 0.001", HessianMethod.Central(SmallestStep)), ("central, h = 0.1", HessianMethod.Central()),
        ("forward, h = 0.1", HessianMethod.Forward()), ("central, h = 0.5", HessianMethod.Central(0.5)),
    ];

    public static MethodAgreement Of(CurvatureSubject subject, int images, CancellationToken cancellation)
    {
        int[] indices = [.. Enumerable.Range(0, images)];
        double[] By(HessianMethod method)
        {
            BoundaryCurvature probe = new() { Hessian = method, Average = new ExactTrace() };
            return [.. probe.Run(subject.Classifier, subject.Images(indices), run: new() { Cancellation = cancellation })
                .SelectMany(r => r.Pairs.Select(p => p.Average))];
        }
        return new(By(HessianMethod.Exact), [.. Methods.Select(m => (m.Name, By(m.Method)))]);
    }

    /// <summary>The share of pairs whose sign is that of the exact κ̄.</summary>
    public double SignAgreement(int k) =>
        (double)Exact.Where((e, i) => Math.Sign(e) == Math.Sign(Differences[k].Values[i])).Count() / Exact.Length;

    /// <summary>The root of the mean squared difference over that of the exact values.</summary>
    public double RelativeError(int k) =>
        Math.Sqrt(Exact.Select((e, i) => (e - Differences[k].Values[i]) * (e - Differences[k].Values[i])).Sum() / Exact.Sum(e => e * e));

    /// <summary>A sweep over steps for the first image and its first competitor.</summary>
    public static SweepPoint[] Sweep(CurvatureSubject subject, long seed)
    {
        Tensor image = subject.Images([0]);
        BoundaryFrame frame = new BoundaryFrames().Of(subject.Classifier, image)[0];
        return new StepSweep().Of(subject.Classifier, image, frame, 0, new Rng(seed).At("sweep"));
    }
}
