using System.Globalization;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Jacobians;

/// <summary>
/// The direction v of a norm that moves a layer h of a network most over many images: it maximises Σ_x ‖J_h(x) v‖_q^q with ‖v‖_p = 1,
/// by Boyd's power method v ← ψ_p'(Σ_x Jᵀ ψ_q(J v)), ψ_q(x) = sign(x) |x|^(q−1). Khrulkov and Oseledets, CVPR 2018. A pass costs a
/// forward walk along v and a walk back for each image.
/// </summary>
/// <param name="Norm">The norm p that v is 1 in.</param>
/// <param name="Q">q, at least 1.</param>
/// <param name="Iterations">Most steps.</param>
/// <param name="Tolerance">The search ends when a step changes the objective by less than this share.</param>
public sealed record SingularDirection(
    PerturbationNorm Norm = PerturbationNorm.Linf, double Q = 5, int Iterations = 30, double Tolerance = 1e-6)
{
    /// <summary>Throws, naming the first setting that makes no sense.</summary>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public void Check()
    {
        if (!Enum.IsDefined(Norm)) Throw.Argument($"singular direction: the norm {Norm} is not known. Use L2 or Linf.");
        if (!(Q >= 1 && double.IsFinite(Q))) Throw.Range($"singular direction: q {Q} must be finite and at least 1.");
        if (Iterations < 1) Throw.Range($"singular direction: {Iterations} iterations; at least 1 is needed.");
        if (!(Tolerance >= 0)) Throw.Range($"singular direction: tolerance {Tolerance} must be at least 0.");
    }

    /// <summary>The direction for the logits, or for an inner value of the network that <see cref="Nn.Network.Taps"/> names.</summary>
    /// <exception cref="ArgumentException">Images do not fit the classifier, or there is no such inner value.</exception>
    public SingularVector Of(Classifier classifier, Tensor images, string? layer = null, RunContext? run = null)
    {
        classifier.CheckImages(images, "singular direction");
        if (layer is null) return Of(classifier.Logits, images, run, classifier.Device);
        if (classifier.Network is not { } network)
        {
            throw new ArgumentException($"singular direction: a formula has no layer \"{layer}\". Give the layer itself, or a network.");
        }
        return Of(x => network.Tap(layer, x), images, run, classifier.Device);
    }

    /// <summary>The direction for any function h of images [N, …] to numbers [N, …], image by image.</summary>
    /// <exception cref="NumericalException">A derivative is not finite, or the derivatives along the start vanish.</exception>
    public SingularVector Of(Func<Tensor, Tensor> h, Tensor images, RunContext? run = null, Device? device = null)
    {
        Check();
        run ??= new RunContext();
        run.Check();
        images = images.Detach();
        if (images.Shape[0] == 0) Throw.Argument("singular direction: there are no images. Give at least one.");
        Shape one = [1, .. images.Shape.Sizes[1..]];
        double[] v = Dual(new Rng(run.Seed).At("singular direction").Normal((int)one.Count));
        // Powers are taken of numbers near 1: those of the largest derivative would leave the range of single precision.
        double scale = Pass(h, images, v, 0, run, device).Largest;
        if (scale == 0)
        {
            throw new NumericalException("singular direction: all derivatives along a random direction vanish. Take another layer.");
        }
        List<double> curve = [];
        bool isSettled = false;
        for (int step = 0; ; step++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            (_, double sum, double[] pulled) = Pass(h, images, v, scale, run, device);
            double sigma = scale * Math.Pow(sum, 1 / Q);
            isSettled = curve.Count > 0 && Math.Abs(Math.Pow(sigma / curve[^1], Q) - 1) < Tolerance;
            curve.Add(sigma);
            if (isSettled || step == Iterations || !pulled.AsSpan().ContainsAnyExcept(0)) break;
            v = Dual(pulled);
            scale = sigma;
        }
        return new(ToString(), Tensor.From(v, one).Cast(images.Type), curve[^1], curve, isSettled);
    }

    /// <summary>ψ_p'(g), cut to length 1: of all v of that length the one of the largest ⟨g, v⟩.</summary>
    private double[] Dual(double[] g)
    {
        if (Norm == PerturbationNorm.Linf) return Array.ConvertAll(g, x => (double)Math.Sign(x));
        double largest = g.Max(Math.Abs);
        double length = largest * Math.Sqrt(g.Sum(x => x / largest * (x / largest)));
        return Array.ConvertAll(g, x => x / length);
    }

    /// <summary>
    /// The largest |J v|; if a scale is given, Σ |J v / scale|^q and Σ Jᵀ ψ_q(J v / scale). Images are added one by one in double,
    /// so that it does not matter how many are looked at together.
    /// </summary>
    private (double Largest, double Sum, double[] Pulled) Pass(
        Func<Tensor, Tensor> h, Tensor images, double[] v, double scale, RunContext run, Device? device)
    {
        (double largest, double total) = (0, 0);
        double[] pulled = new double[v.Length];
        for (int first = 0; first < images.Shape[0]; first += run.ChunkSize)
        {
            int count = Math.Min(run.ChunkSize, images.Shape[0] - first);
            (double[] moved, double[] back) = Arena.Step(
                () => Walk(h, images.Take(0, new AxisRange(first, count)).Contiguous().To(device ?? images.Device), v, scale), _ => []);
            foreach (double x in moved)
            {
                if (!double.IsFinite(x)) throw new NumericalException(string.Create(CultureInfo.InvariantCulture,
                    $"singular direction: a derivative of images {first} to {first + count - 1} is not finite."));
                largest = Math.Max(largest, Math.Abs(x));
                if (scale > 0) total += Math.Pow(Math.Abs(x) / scale, Q);
            }
            for (int i = 0; i < back.Length; i++) pulled[i % v.Length] += back[i];
        }
        return (largest, total, pulled);
    }

    private (double[] Moved, double[] Back) Walk(Func<Tensor, Tensor> h, Tensor images, double[] v, double scale)
    {
        using Recording.Scope scope = Recording.On();
        Tensor leaf = images.Tracked();
        Tensor y = h(leaf);
        Tensor along = Tensor.From(v, [1, .. images.Shape.Sizes[1..]], images.Device).Cast(images.Type).BroadcastTo(images.Shape);
        double[] moved = Tangent.Of(y, leaf, along.Contiguous()).Cast(DType.F64).ToArray<double>();
        if (scale == 0) return (moved, []);
        double[] seed = Array.ConvertAll(moved, x => Math.Sign(x) * Math.Pow(Math.Abs(x) / scale, Q - 1));
        Tensor cotangent = Tensor.From(seed, y.Shape, y.Device).Cast(y.Type);
        return (moved, Gradient.Of(y, leaf, cotangent).Cast(DType.F64).ToArray<double>());
    }
}

/// <summary>A direction that moves a layer most.</summary>
/// <param name="Configuration">The search, printed.</param>
/// <param name="Vector">v [1, …].</param>
/// <param name="Sigma">(Σ_x ‖J v‖_q^q)^(1/q), the singular value.</param>
/// <param name="Curve">That number at the start and after each step; it does not fall.</param>
/// <param name="Settled">Whether the last step changed nothing that counts.</param>
public sealed record SingularVector(string Configuration, Tensor Vector, double Sigma, IReadOnlyList<double> Curve, bool Settled);
