using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Tests.Probes;

/// <summary>
/// Walks among the level sets of a sphere, z = (k(ρ² − R²), 0), from inside (class 1) to targets outside (class 0), and
/// the two walks written as plain loops over doubles, straight from their definitions and without early ends.
/// </summary>
internal sealed class SphereWalk
{
    public const double Radius = 0.8;
    public const double Low = -1;
    public const double High = 2;
    public static readonly Shape Shape = [1, 4, 4];
    public static readonly double[] Centre = Enumerable.Repeat(0.5, 16).ToArray();

    private readonly double steepness;

    public SphereWalk(int count, double steepness = 5, double from = 0.9, double to = 1.4)
    {
        this.steepness = steepness;
        Classifier = ClosedForm.Sphere(Centre, Radius, Shape, steepness, Low, High);
        Sources = At(count, "source", from * Radius);
        Targets = At(count, "target", to * Radius);
    }

    public Classifier Classifier { get; }

    public Tensor Sources { get; }

    public Tensor Targets { get; }

    public int[] Classes => Enumerable.Repeat(1, Sources.Shape[0]).ToArray();

    public AttackResult Run(Traversal attack, RunContext? run = null) => attack.Run(Classifier, Sources, Targets, Classes, run);

    public static double Distance(double[] x) => ClosedForm.Norm(ClosedForm.Minus(x, Centre));

    /// <summary>The confidence of class 1 and the gradient of its cross-entropy.</summary>
    public (double Confidence, double[] Gradient) Measure(double[] x)
    {
        double z = steepness * (Distance(x) * Distance(x) - Radius * Radius);
        double p = 1 / (1 + Math.Exp(z));
        return (p, [.. ClosedForm.Minus(x, Centre).Select(d => (1 - p) * 2 * steepness * d)]);
    }

    public (double[] End, int Accepted) Plain(Lst lst, int row)
    {
        double[] x = ClosedForm.Row(Sources, row);
        double[] target = ClosedForm.Row(Targets, row);
        double before = Measure(x).Confidence;
        double[] parallel = new double[x.Length];
        int accepted = 0;
        (double step, double mean, int refused) = (lst.StepSize, 0, 0);
        for (int iteration = 0; iteration < lst.Iterations && refused < 10; iteration++)
        {
            double[] g = Measure(x).Gradient;
            double[] u = Admissible([.. g.Select(v => -v)], ClosedForm.Minus(target, x), lst.Projection);
            parallel = [.. parallel.Zip(g, (a, v) => Math.Clamp(a + lst.ParallelStep / 2 * v, -lst.ParallelStep, lst.ParallelStep))];
            double[] candidate = [.. x.Select((v, i) => Math.Clamp(v + step * u[i] - parallel[i], Low, High))];
            double drop = before - Measure(candidate).Confidence;
            bool kept = drop < lst.ConfidenceDrop;
            if (lst.Adaptive)
            {
                mean = 0.9 * mean + 0.1 * Math.Max(0, drop);
                refused = kept || step > 1e-4 ? 0 : refused + 1;
                if (!kept) step = Math.Max(step / 2, 1e-4);
                else if (mean < lst.ConfidenceDrop / 2) step = Math.Min(1.1 * step, 0.1);
            }
            if (!kept && lst.OnViolation == OnViolation.Stop) break;
            if (!kept) continue;
            x = candidate;
            accepted++;
        }
        return (x, accepted);
    }

    public (double[] End, int Accepted, ExampleStatus Status) Plain(
        Nspgd attack, int row, int iterations, double length, double[]? start = null)
    {
        double[] x = start ?? ClosedForm.Row(Sources, row);
        double[] target = ClosedForm.Row(Targets, row);
        double before = Measure(ClosedForm.Row(Sources, row)).Confidence;
        int accepted = 0;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            double[] rising = [.. Measure(x).Gradient.Select(v => -v)];
            double[] u = Admissible(rising, ClosedForm.Minus(target, x), attack.Projection);
            double size = ClosedForm.Norm(u);
            if (size <= 1e-12) return (x, accepted, ExampleStatus.Blocked);
            double scale = attack.Mode == StepMode.Relative ? length : Math.Min(length, size) / size;
            double[] candidate = [.. x.Select((v, i) => Math.Clamp(v + scale * u[i], Low, High))];
            double drop = before - Measure(candidate).Confidence;
            if (attack.Mode == StepMode.Relative ? drop >= attack.ConfidenceDrop : drop > attack.ConfidenceDrop)
            {
                return (x, accepted, accepted > 0 ? ExampleStatus.ConfidenceStop : ExampleStatus.NoProgress);
            }
            x = candidate;
            accepted++;
        }
        return (x, accepted, ExampleStatus.Completed);
    }

    private static double[] Admissible(double[] rising, double[] wanted, Projection projection)
    {
        double along = ClosedForm.Dot(rising, wanted) / ClosedForm.Dot(rising, rising);
        if (projection == Projection.HalfSpace) along = Math.Min(along, 0);
        return [.. wanted.Zip(rising, (v, g) => v - along * g)];
    }

    private static Tensor At(int count, string name, double distance)
    {
        double[] values = [.. Enumerable.Range(0, count).SelectMany(i =>
        {
            double[] d = new Rng(11).At(name).At(i).Normal(16);
            return Centre.Zip(d, (c, v) => c + distance * v / ClosedForm.Norm(d));
        })];
        return Tensor.From(values, [count, 1, 4, 4]);
    }
}
