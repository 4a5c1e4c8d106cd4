using MiniGrad.Formats.Weights;
using MiniGrad.Kernels.Formulas;
using MiniGrad.Nn;
using MiniGrad.Nn.Layers;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Tests.Docs;

// <own-op>
/// <summary>Mish, x · tanh(log(1 + eˣ)). Misra, arXiv:1908.08681.</summary>
public readonly struct Mish : IPointwise
{
    public string Name => "mish";

    // One formula: it runs as scalars, as SIMD vectors, in F32 and F64. tanh(log u) = (u² − 1)/(u² + 1) with u = 1 + eˣ.
    public L Apply<L>(L x) where L : struct, ILane<L>
    {
        L u = L.Of(1) + L.Exp(L.Min(x, L.Of(30)));
        return x * (u * u - L.Of(1)) / (u * u + L.Of(1));
    }

    // g · dy/dx, made of tensors, so that it differentiates again.
    public Tensor? Chain(Tensor g, Tensor x, Tensor y)
    {
        Tensor t = x.Softplus().Tanh();
        return g * (t + x * (1 - t.Square()) * x.Sigmoid());
    }
}
// </own-op>

// <own-network>
/// <summary>One convolution and one linear layer.</summary>
public sealed class TinyNet(Params p, int classes) : Network(p)
{
    private readonly Conv2d conv = new(p / "conv", 1, 4, kernel: 5, ConvOptions.Square(stride: 2));
    private readonly Linear fc = new(p / "fc", 4 * 12 * 12, classes);

    public override Shape InputShape => [1, 28, 28];

    public override int ClassCount => classes;

    public override bool IsPiecewiseLinear => false;

    public override IReadOnlyList<string> Taps { get; } = ["conv"];

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        Tensor features = Pointwise.Of(new Mish(), conv.Forward(x, pass));
        pass?.Tap?.Invoke("conv", features);
        return fc.Forward(features.Flatten(), pass);
    }
}
// </own-network>

// <others-network>
/// <summary>The MNIST network of Wong and Kolter's provable defence, with the names that PyTorch's Sequential gave its weights.</summary>
public sealed class ProvableNet(Params p) : Network(p)
{
    private readonly Conv2d conv1 = new(p / "0", 1, 16, kernel: 4, ConvOptions.Square(stride: 2, pad: 1));
    private readonly Conv2d conv2 = new(p / "2", 16, 32, kernel: 4, ConvOptions.Square(stride: 2, pad: 1));
    private readonly Linear fc1 = new(p / "5", 32 * 7 * 7, 100);
    private readonly Linear fc2 = new(p / "7", 100, 10);

    public override Shape InputShape => [1, 28, 28];

    public override int ClassCount => 10;

    public override bool IsPiecewiseLinear => true;

    public override IReadOnlyList<string> Taps => [];

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        x = conv2.Forward(conv1.Forward(x, pass).Relu(), pass).Relu();
        return fc2.Forward(fc1.Forward(x.Flatten(), pass).Relu(), pass);
    }

    public static ProvableNet Load(string path)
    {
        using WeightFile file = WeightFile.Open(path);      // a .pth of any age, safetensors, npz
        Params p = Params.From(file.ReadAll());
        ProvableNet network = new(p);
        p.Verify("provable");                               // names everything that is missing, left over or misshapen
        return network;
    }
}
// </others-network>

// <own-threat>
/// <summary>Any change of at most the radius, but only in a square at the upper left corner.</summary>
public sealed record Patch(int Size, double Radius = 1) : Threat(Radius)
{
    public override double[] Distance(Tensor clean, Tensor point) => Threat.Linf(Radius).Distance(clean, point);

    public override Tensor Project(Tensor clean, Tensor point) =>
        clean + (Threat.Linf(Radius).Project(clean, point) - clean) * Mask(clean);

    public override Tensor Steepest(Tensor gradient) => gradient.Sign() * Mask(gradient);

    public override Tensor RandomStart(Tensor clean, Rng[] rngs) =>
        Project(clean, Threat.Linf(Radius).RandomStart(clean, rngs));

    private Tensor Mask(Tensor like)
    {
        (int height, int width) = (like.Shape[2], like.Shape[3]);
        double[] inside = [.. Enumerable.Range(0, height * width).Select(i => i / width < Size && i % width < Size ? 1.0 : 0)];
        return Tensor.From(inside, [1, 1, height, width], like.Device).Cast(like.Type);
    }
}
// </own-threat>

// <own-attack>
/// <summary>Random points of the ball: the weakest attack there is, and the yardstick for all others.</summary>
public sealed record NoiseAttack(Threat Within, int Draws = 10) : BallAttack<PointState>(Within)
{
    protected override int Iterations => Draws;

    protected override PointState Start(SearchRows rows) => new(rows.RandomStart());

    protected override PointState Step(SearchRows rows, PointState state) => new(rows.RandomStart(rows.RngsAt(rows.Iteration + 1)));
}
// </own-attack>

// <own-probe>
/// <summary>How steep the loss is at an image: the cross-entropy of its label, and the length of its gradient in the pixels.</summary>
public sealed record LossSlope(double Temperature = 1) : Probe<LossSlope.Row>
{
    public sealed record Row(double Loss, double Slope);

    public override Row Measure(Classifier classifier, Tensor image, int label, Rng rng)
    {
        Tensor x = image.Tracked();
        Tensor loss = (classifier.Logits(x) * (1 / Temperature)).CrossEntropy([label]);
        return new(loss.Item(), Gradient.Of(loss, x).Flatten().NormL2([1]).Item());
    }
}
// </own-probe>
