using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>
/// The numbers of an attack of minimal norm, over the images that crossed. Distances have heavy tails, so they are given as
/// median and quartiles; the means ρ_adv = mean ‖r‖₂/‖x‖₂ and ρ_∞ are there to stand beside published ones.
/// </summary>
internal sealed record MinimalFigures(
    int Failures, int MisclassifiedBefore, int OutsideBox, Quartiles L2, Quartiles Linf, double RhoAdv, double RhoInf,
    Quartiles FirstOrder, Quartiles NormalCosine, double Iterations)
{
    public static MinimalFigures Of(AttackResult result)
    {
        (ExampleResult Example, BoundaryGeometry Boundary)[] crossed =
            [.. result.Examples.Where(e => e is { Counts: true, Success: true }).Select(e => (e, e.Boundary!))];
        return new(
            result.Counted - crossed.Length,
            result.Examples.Count(e => e.Counts && e.Boundary!.StartClass != e.SourceClass),
            OutsideOf(result.Output),
            Quartiles.Of(crossed.Select(c => c.Example.DistanceL2)), Quartiles.Of(crossed.Select(c => c.Example.DistanceLinf)),
            Mean(crossed.Select(c => c.Boundary.RelativeL2)), Mean(crossed.Select(c => c.Boundary.RelativeLinf)),
            Quartiles.Of(Defined(crossed.Select(c => c.Boundary.FirstOrderDistance))),
            Quartiles.Of(Defined(crossed.Select(c => c.Boundary.NormalCosine))),
            Mean(crossed.Select(c => (double)c.Example.Iterations)));
    }

    private static double Mean(IEnumerable<double> values) => Statistics.Spread(Defined(values)).Mean;

    /// <summary>A black image has no relative distance, a flat place no normal.</summary>
    private static IEnumerable<double> Defined(IEnumerable<double> values) => values.Where(v => !double.IsNaN(v));

    /// <summary>Images with a pixel below 0 or above 1.</summary>
    private static int OutsideOf(Tensor images)
    {
        double[] pixels = images.Detach().Cast(DType.F64).ToArray<double>();
        return pixels.Chunk(pixels.Length / images.Shape[0]).Count(image => Array.Exists(image, p => p is < 0 or > 1));
    }
}
