namespace MiniGrad.Probes.Detection;

/// <summary>
/// The 95 % interval of a share (Wilson 1927): the shares p whose z-test at 1.96 does not reject the count that was seen. It stays in
/// [0, 1] and has a width at 0 and at 1, where the normal approximation has none. Examples count as independent.
/// </summary>
internal readonly record struct WilsonInterval(double Low, double High)
{
    /// <summary>The 97.5 % point of the normal distribution.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>The interval of successes among a count; all of [0, 1] where nothing was counted.</summary>
    public static WilsonInterval Of(int successes, int count)
    {
        if (count < 0 || successes < 0 || successes > count)
        {
            Throw.Range($"wilson: {successes} successes among {count}. Give a count from 0 on, and at most as many successes.");
        }
        if (count == 0) return new(0, 1);
        double share = (double)successes / count;
        double square = Z * Z / count;
        double centre = share + square / 2;
        double half = Math.Sqrt(square * (share * (1 - share) + square / 4));
        return new(successes == 0 ? 0 : (centre - half) / (1 + square), successes == count ? 1 : (centre + half) / (1 + square));
    }
}
