using MiniGrad.Probes.Boundary;

namespace MiniGrad.Probes.Curvature;

/// <summary>
/// The same curvatures with differences of several steps: for a smooth network they settle, for a piecewise linear one the
/// value is a property of the step.
/// </summary>
internal sealed record StepSweep(DifferenceSides Sides = DifferenceSides.Both)
{
    /// <summary>The steps to try, in pixel distance.</summary>
    public IReadOnlyList<double> Steps { get; init; } = [1e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1];

    /// <summary>How K1 is found.</summary>
    public AverageMethod Average { get; init; } = new ExactTrace();

    /// <summary>How the largest |κ| is found.</summary>
    public Lanczos Extremes { get; init; } = new(Count: 1);

    /// <summary>K1 and the largest |κ| of one pair at one image [1, …], for each step.</summary>
    public SweepPoint[] Of(Classifier classifier, Tensor image, BoundaryFrame frame, int pair, Rng rng)
    {
        BoundaryFrame one = frame with { Pairs = [frame.Pairs[pair]] };
        return [.. Steps.Select(step =>
        {
            DifferenceHessian method = new(Sides, step);
            method.Check();
            double sum = Average.Of(classifier, image, one, method, rng)[0].Sum;
            if (one.Pairs[0].IsSingular) return new SweepPoint(step, sum, double.NaN);
            ExtremeEigenvalues ends = Extremes.Curvatures(classifier, image, one, 0, method, rng);
            return new SweepPoint(step, sum, Math.Max(Math.Abs(ends.Largest[0]), Math.Abs(ends.Smallest[0])));
        })];
    }
}

/// <summary>What one step of a sweep gave.</summary>
internal sealed record SweepPoint(double Step, double Sum, double LargestMagnitude);
