using MiniGrad.Probes;

namespace MiniGrad.Cli.Studies;

/// <summary>Median and quartiles, by linear interpolation between order statistics; NaN of nothing.</summary>
public readonly record struct Quartiles(double Lower, double Median, double Upper)
{
    public static Quartiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new(At(sorted, 0.25), At(sorted, 0.5), At(sorted, 0.75));
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : Quantile.OfSorted(sorted, share);
}
