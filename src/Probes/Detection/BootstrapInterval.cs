namespace MiniGrad.Probes.Detection;

/// <summary>
/// Percentile bootstrap interval of the area under the curve, or of a mean. Draws of the area are stratified (natural and
/// perturbed examples are drawn apart), because the experiment fixes the two counts and a draw of one class has no area. If
/// both versions of an image are among the examples their scores usually rise together, and the interval is then rather too
/// wide.
/// </summary>
internal sealed record BootstrapInterval(double Low, double High, double Level, int Draws)
{
    /// <summary>The interval; the same seed gives the same bits.</summary>
    public static BootstrapInterval OfArea(
        ReadOnlySpan<double> scores, ReadOnlySpan<bool> isPerturbed, Rng rng, int draws = 1000, double level = 0.95)
    {
        Check(draws, level);
        ScoreTally tally = ScoreTally.Of(scores, isPerturbed);
        List<int> natural = [];
        List<int> perturbed = [];
        for (int i = 0; i < scores.Length; i++) (isPerturbed[i] ? perturbed : natural).Add(tally.Step[i]);

        int[] naturalCounts = new int[tally.Scores.Length];
        int[] perturbedCounts = new int[tally.Scores.Length];
        double[] areas = new double[draws];
        for (int draw = 0; draw < draws; draw++)
        {
            Resample(natural, rng.At(draw).At("natural"), naturalCounts);
            Resample(perturbed, rng.At(draw).At("perturbed"), perturbedCounts);
            areas[draw] = ScoreTally.PairShare(naturalCounts, perturbedCounts);
        }
        return Of(areas, level);
    }

    /// <summary>That of the mean of values, of which there is at least one; the same seed gives the same bits.</summary>
    public static BootstrapInterval OfMean(ReadOnlySpan<double> values, Rng rng, int draws = 1000, double level = 0.95)
    {
        Check(draws, level);
        if (values.IsEmpty) Throw.Argument("bootstrap: there are no values. Give at least one.");
        double[] means = new double[draws];
        uint[] bits = new uint[values.Length];
        for (int draw = 0; draw < draws; draw++)
        {
            rng.At(draw).Bits(bits);
            double sum = 0;
            foreach (uint value in bits) sum += values[Place(value, values.Length)];
            means[draw] = sum / values.Length;
        }
        return Of(means, level);
    }

    private static void Check(int draws, double level)
    {
        if (draws < 2) Throw.Range($"bootstrap: {draws} draws. Take at least 2, better 1000.");
        if (!(level is > 0 and < 1)) Throw.Range($"bootstrap: a level of {level} is outside (0, 1).");
    }

    private static BootstrapInterval Of(double[] drawn, double level)
    {
        Array.Sort(drawn);
        double tail = (1 - level) / 2;
        return new(Statistics.Quantile(drawn, tail), Statistics.Quantile(drawn, 1 - tail), level, drawn.Length);
    }

    // A uniform place from a uniform integer below 2³².
    private static int Place(uint value, int count) => (int)((ulong)value * (uint)count >> 32);

    private static void Resample(List<int> steps, Rng rng, int[] counts)
    {
        uint[] bits = new uint[steps.Count];
        rng.Bits(bits);
        Array.Clear(counts);
        foreach (uint value in bits) counts[steps[Place(value, steps.Count)]]++;
    }
}
