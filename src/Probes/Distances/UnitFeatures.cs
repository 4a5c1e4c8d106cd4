namespace MiniGrad.Probes.Distances;

/// <summary>Features [N, C, …] with unit length over the channels at each position: F̂ = F/(|F|₂ + 10⁻¹⁰).</summary>
internal static class UnitFeatures
{
    private const double Epsilon = 1e-10;

    /// <summary>The mean over positions of Σ_c w_c (F̂(a) − F̂(b))²_c, [N]; all weights are 1 unless given as [1, C, 1, 1].</summary>
    public static Tensor SquaredDistance(Tensor a, Tensor b, Tensor? weights = null)
    {
        Tensor squares = (Normalize(a) - Normalize(b)).Square();
        if (weights is not null) squares *= weights;
        long positions = a.Count / ((long)a.Shape[0] * a.Shape[1]);
        return squares.Sum(Rows.Axes(a)) * (1.0 / positions);
    }

    // Where all channels are 0 the slope of the norm counts as 0; that of a plain root is infinite.
    private static Tensor Normalize(Tensor features) => features / (features.NormL2([1], keepDims: true) + Epsilon);
}
