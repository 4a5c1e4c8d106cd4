namespace MiniGrad.Tests.Probes.Detection;

/// <summary>Seeded scores with known statistics.</summary>
internal static class DetectionSample
{
    /// <summary>Natural scores of N(0, 1), then perturbed ones of N(shift, 1).</summary>
    public static (double[] Scores, bool[] Flags) Normal(int perClass, double shift, long seed)
    {
        double[] scores = new Rng(seed).Normal(2 * perClass);
        bool[] flags = new bool[2 * perClass];
        for (int i = perClass; i < 2 * perClass; i++)
        {
            scores[i] += shift;
            flags[i] = true;
        }
        return (scores, flags);
    }

    /// <summary>Scores 0 to levels - 1 with many ties, about a third of them perturbed, both classes present.</summary>
    public static (double[] Scores, bool[] Flags) Tied(int count, int levels, long seed)
    {
        Rng rng = new(seed);
        double[] scores = new double[count];
        bool[] flags = new bool[count];
        for (int i = 0; i < count; i++)
        {
            scores[i] = rng.At(i).At("score").Below(levels);
            flags[i] = i == 0 || (i > 1 && rng.At(i).At("flag").Below(3) == 0);
        }
        return (scores, flags);
    }
}
