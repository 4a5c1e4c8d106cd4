using MiniGrad.Nn;

namespace MiniGrad.Probes.Distances;

/// <summary>
/// Learned perceptual image patch similarity, version 0.1 (Zhang et al., arXiv:1801.03924):
/// Σ_l mean_{h,w} Σ_c w_{l,c} (F̂_l(a) − F̂_l(b))²_c with F̂ = F/(|F|₂ + 10⁻¹⁰) over channels. Images have pixels in
/// [0, 1]. Differentiable in both images, to any order; zero with zero gradient at equal images.
/// </summary>
public sealed class Lpips
{
    /// <summary>Bounds the memory that many images take at once.</summary>
    private const int PixelsAtOnce = 1 << 17;

    private readonly Tensor[] weights;
    private readonly Tensor[] roots;

    /// <summary>The distance of these features with linear weights by the names <c>lin0.model.1.weight</c>, ….</summary>
    public Lpips(LpipsFeatures features, IReadOnlyDictionary<string, Tensor> heads)
    {
        Features = features;
        Params p = Params.From(heads, features.Type, features.Device);
        Parameter[] linear =
            [.. features.Channels.Select((channels, l) => (p / $"lin{l}.model.1").Constant("weight", [1, channels, 1, 1], 1))];
        p.Verify($"lpips-{features.Net} linear weights".ToLowerInvariant());
        foreach (Parameter parameter in linear) CheckNotNegative(parameter);
        weights = [.. linear.Select(parameter => parameter.Value)];
        roots = Array.ConvertAll(weights, w => w.Sqrt());
    }

    /// <summary>The features that are compared.</summary>
    public LpipsFeatures Features { get; }

    /// <summary>Told where memory made the number of pairs that are compared at once smaller.</summary>
    public IProgress<string>? Notes { get; init; }

    private MicroBatches Batches => field ??= new(Features.Device, Notes);

    /// <summary>The distance with the weights of two files: the backbone by torchvision's names, the heads by LPIPS's own.</summary>
    public static Lpips Load(
        LpipsNet net, IReadOnlyDictionary<string, Tensor> backbone, IReadOnlyDictionary<string, Tensor> heads,
        DType type = DType.F32, bool pad = true, Device? device = null) =>
        new(LpipsFeatures.Load(net, backbone, type, pad, device), heads);

    /// <summary>The distance [N] of each pair of images [N, 1 or 3, H, W].</summary>
    /// <exception cref="ArgumentException">The shapes differ, or are none of images that the network takes.</exception>
    public Tensor Distance(Tensor a, Tensor b)
    {
        CheckPair(a, b);
        (Tensor[] left, Tensor[] right) = (Features.Of(a), Features.Of(b));
        Tensor sum = UnitFeatures.SquaredDistance(left[0], right[0], weights[0]);
        for (int l = 1; l < left.Length; l++) sum += UnitFeatures.SquaredDistance(left[l], right[l], weights[l]);
        return sum;
    }

    /// <summary>The distance of each pair of images as numbers, a few pairs at a time.</summary>
    /// <exception cref="ArgumentException">The shapes differ, or are none of images that the network takes.</exception>
    public double[] Of(Tensor a, Tensor b)
    {
        CheckPair(a, b);
        (a, b) = (a.Detach().Cast(Features.Type), b.Detach().Cast(Features.Type));
        List<double> distances = [];
        Batches.Run(a.Shape[0], Math.Max(1, PixelsAtOnce / (a.Shape[2] * a.Shape[3])), (first, count) =>
        {
            AxisRange range = new(first, count);
            Tensor Here(Tensor x) => x.Take(0, range).To(Features.Device);
            distances.AddRange(Arena.Step(() => Distance(Here(a), Here(b)).Cast(DType.F64).ToArray<double>(), _ => []));
        });
        return [.. distances];
    }

    /// <summary>φ(x) [N, features] with LPIPS(a, b) = |φ(a) − φ(b)|²: unit features times the roots of the weights.</summary>
    internal Tensor Embed(Tensor images)
    {
        Features.CheckShape(images);
        Tensor[] values = Features.Activations(images.Cast(Features.Type));
        return UnitFeatures.Embed(values, roots).Cast(images.Type);
    }

    // Training keeps the weights from falling below 0, where the sum would be no distance.
    private static void CheckNotNegative(Parameter parameter)
    {
        double[] values = parameter.Value.Cast(DType.F64).ToArray<double>();
        int odd = Array.FindIndex(values, value => !(value >= 0 && double.IsFinite(value)));
        if (odd >= 0)
        {
            throw new WeightsException($"lpips: element {odd} of \"{parameter.Name}\" is {values[odd]}; "
                + "all linear weights of LPIPS 0.1 are at least 0. Give those.");
        }
    }

    private void CheckPair(Tensor a, Tensor b)
    {
        if (a.Shape != b.Shape) Throw.Argument($"lpips: the images have shapes {a.Shape} and {b.Shape}. They must be equal.");
        Features.CheckShape(a);
    }
}
